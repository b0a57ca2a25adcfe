package freshet.encoders.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import freshet.learners.tensor.CounterRandom;
import freshet.learners.vision.ImageForm;
import freshet.learners.vision.OnlineClassifier;
import org.junit.jupiter.api.Test;

class OnlineNetworkTest {

    private static final ImageForm FORM = new ImageForm(1, 28, 28);
    private final CounterRandom random = new CounterRandom(1, 0, 0);

    /** Bright above for class 0, below for class 1, with noise. */
    private float[] picture(int label) {
        float[] pixels = new float[FORM.size()];
        for (int i = 0; i < pixels.length; i++) {
            boolean bright = (i < pixels.length / 2) == (label == 0);
            pixels[i] = (float) ((bright ? 0.6 : 0.1) + 0.3 * random.nextDouble());
        }
        return pixels;
    }

    @Test
    void learnsEachFullBatchAndNothingBefore() {
        OnlineClassifier network = OnlineClassifier.provider().orElseThrow().start(FORM, 2, 1);
        OnlineClassifier untouched = OnlineClassifier.provider().orElseThrow().start(FORM, 2, 1);
        for (int i = 0; i < 63; i++) {
            network.learn(picture(i % 2), i % 2);
        }
        for (int i = 0; i < 20; i++) {
            float[] picture = picture(i % 2);
            assertThat(network.classify(picture)).isEqualTo(untouched.classify(picture));
        }
        for (int i = 63; i < 64 * 10; i++) {
            network.learn(picture(i % 2), i % 2);
        }
        assertThat(right(network)).isEqualTo(40);
    }

    /** Of 40 pictures. */
    private int right(OnlineClassifier classifier) {
        var again = new CounterRandom(2, 0, 0);
        int right = 0;
        for (int i = 0; i < 40; i++) {
            int label = (int) again.nextLong(2);
            right += classifier.classify(picture(label)) == label ? 1 : 0;
        }
        return right;
    }
}

package freshet.learners.selftraining;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import freshet.learners.tensor.CounterRandom;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class ReservoirTest {

    @Test
    void aFrequentClassDoesNotPushOutARareOne() {
        var reservoir = new Reservoir(3, 4, 1);
        var random = new CounterRandom(1, 0, 0);
        reservoir.add(new float[] {-7}, 1, random);
        for (int i = 0; i < 1000; i++) {
            reservoir.add(new float[] {i}, 0, random);
        }
        assertThat(reservoir.count(0)).isEqualTo(4);
        assertThat(reservoir.count(1)).isEqualTo(1);

        float[] drawn = new float[2000];
        int[] labels = new int[2000];
        reservoir.draw(drawn, labels, random);
        int rare = 0;
        for (int i = 0; i < labels.length; i++) {
            assertThat(drawn[i] == -7).isEqualTo(labels[i] == 1);
            rare += labels[i];
        }
        assertThat(rare).isBetween(1000 - 112, 1000 + 112); // deviation sqrt(2000 / 4) = 22
    }

    /** Each of 20 should be among the 5 kept a quarter of the time. */
    @Test
    void keepsEachExampleSeenAsLikelyAsAnother() {
        int[] kept = new int[20];
        for (int run = 0; run < 2000; run++) {
            var reservoir = new Reservoir(1, 5, 1);
            var random = new CounterRandom(run, 0, 0);
            for (int i = 0; i < 20; i++) {
                reservoir.add(new float[] {i}, 0, random);
            }
            for (float[] example : contents(reservoir)) {
                kept[(int) example[0]]++;
            }
        }
        for (int count : kept) { // deviation sqrt(2000 * 0.25 * 0.75) = 19
            assertThat(count).isBetween(500 - 97, 500 + 97);
        }
    }

    private static float[][] contents(Reservoir reservoir) {
        try (var in = new DataInputStream(new ByteArrayInputStream(bytes(reservoir)))) {
            in.readInt();
            in.readLong();
            float[][] examples = new float[in.readInt()][1];
            for (float[] example : examples) {
                example[0] = in.readFloat();
            }
            return examples;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static byte[] bytes(Reservoir reservoir) throws IOException {
        var bytes = new ByteArrayOutputStream();
        reservoir.write(new DataOutputStream(bytes));
        return bytes.toByteArray();
    }

    @Test
    void refusesContentsThatDoNotFit() throws IOException {
        var reservoir = new Reservoir(2, 3, 1);
        var random = new CounterRandom(1, 0, 0);
        for (int i = 0; i < 3; i++) {
            reservoir.add(new float[] {i}, 1, random);
        }
        byte[] bytes = bytes(reservoir);
        assertThatThrownBy(() -> read(new Reservoir(2, 2, 1), bytes))
                .hasMessageContaining("3 examples of class 1, this one keeps 2");
        assertThatThrownBy(() -> read(new Reservoir(3, 3, 1), bytes))
                .hasMessageContaining("2 classes, this one of 3");
    }

    private static void read(Reservoir reservoir, byte[] bytes) throws IOException {
        reservoir.read(new DataInputStream(new ByteArrayInputStream(bytes)));
    }

    @Test
    void keepsACopy() {
        var reservoir = new Reservoir(1, 1, 1);
        float[] example = {1};
        reservoir.add(example, 0, new CounterRandom(1, 0, 0));
        example[0] = 2;
        assertThat(contents(reservoir)[0]).containsExactly(1);
    }
}

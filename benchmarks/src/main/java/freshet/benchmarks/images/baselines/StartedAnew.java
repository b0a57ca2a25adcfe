package freshet.benchmarks.images.baselines;

import freshet.learners.stability.Adwin;
import freshet.learners.vision.OnlineClassifier;
import java.util.function.Supplier;

/**
 * Begins with an empty classifier whenever ADWIN finds that errors have become more frequent, and
 * keeps answering with the old one until the new one has learned a little.
 */
public final class StartedAnew implements OnlineClassifier {

    private static final double DELTA = 0.002;
    private static final int EVERY = 32;

    /** Labels that a new classifier learns before it answers. */
    private static final int APPRENTICESHIP = 500;

    private final Supplier<OnlineClassifier> empty;
    private OnlineClassifier learns;
    private OnlineClassifier answers;
    private Adwin errors = new Adwin(DELTA, EVERY);
    private long learned; // by the one that learns
    private int starts;

    public StartedAnew(Supplier<OnlineClassifier> empty) {
        this.empty = empty;
        learns = empty.get();
        answers = learns;
    }

    @Override
    public int classify(float[] features) {
        return answers.classify(features);
    }

    @Override
    public void learn(float[] features, int label) {
        double before = errors.mean();
        boolean changed = errors.add(answers.classify(features) == label ? 0 : 1);
        if (changed && errors.mean() > before) {
            learns = empty.get();
            errors = new Adwin(DELTA, EVERY);
            learned = 0;
            starts++;
        }
        learns.learn(features, label);
        learned++;
        if (learned == APPRENTICESHIP) {
            answers = learns;
        }
    }

    /** How often it has begun anew. */
    public int starts() {
        return starts;
    }
}

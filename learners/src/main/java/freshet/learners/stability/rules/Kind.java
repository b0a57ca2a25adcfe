package freshet.learners.stability.rules;

import freshet.learners.stability.Adwin;
import freshet.learners.stability.Ddm;
import freshet.learners.stability.DriftDetector;
import freshet.learners.stability.Kswin;
import freshet.learners.stability.PageHinkley;
import java.util.function.Supplier;

/** What a condition asks of a series; its records are the settings, checked by the reader. */
sealed interface Kind {

    /** State for one series. */
    Detector start();

    /** The comparison in words, such as {@code is 3, above 2}. */
    String words(double figure, double baseline);

    /** Points for which an open incident keeps what is normal as it was; then it may get used. */
    default int holdPoints() {
        return 0;
    }

    /** A number that is not one, or without end. */
    record NonFinite() implements Kind {
        @Override
        public Detector start() {
            return new Detectors.OfNonFinite();
        }

        @Override
        public String words(double figure, double baseline) {
            return "is " + figure;
        }
    }

    /** The point itself against a limit. */
    record Threshold(Limit limit) implements Kind {
        @Override
        public Detector start() {
            return new Detectors.OfThreshold(this);
        }

        @Override
        public String words(double figure, double baseline) {
            return "is %s, %s".formatted(Words.of(figure), limit.words());
        }
    }

    /** To which side a series leaves its past. */
    enum Side {
        UP,
        DOWN,
        BOTH
    }

    /**
     * z = (x - median) / (1.4826 MAD) over the points before x.
     *
     * @param z fires beyond it
     * @param clears an incident goes on beyond it
     * @param window points before
     * @param least points before the first judgement
     * @param log of the logarithm of the points
     * @param floor least MAD: in nats with {@code log}, else as a share of the median
     */
    record RobustZ(
            double z, double clears, Side side, int window, int least, boolean log, double floor)
            implements Kind {
        @Override
        public Detector start() {
            return new Detectors.OfRobustZ(this);
        }

        @Override
        public String words(double figure, double baseline) {
            double median = log ? StrictMath.exp(baseline) : baseline;
            return "is %s robust deviations from the median %s of the %d points before, limit %s"
                    .formatted(Words.of(figure), Words.of(median), window, Words.of(z));
        }

        @Override
        public int holdPoints() {
            return window;
        }
    }

    /**
     * The median of the newest points against that of the points before them.
     *
     * @param limit of the quotient, or of the difference
     * @param difference whether the past is taken off, or divided by
     * @param fromStart the past is the first points ever, not those just before
     * @param recent newest points
     * @param window points before them
     * @param least points before the first judgement, beside the newest
     */
    record Baseline(
            Limit limit, boolean difference, boolean fromStart, int recent, int window, int least)
            implements Kind {
        @Override
        public Detector start() {
            return new Detectors.OfBaseline(this);
        }

        @Override
        public String words(double figure, double baseline) {
            String past = fromStart ? "first" : "points before";
            return difference
                    ? "is %s off its median %s of the %d %s, %s"
                            .formatted(
                                    Words.of(figure),
                                    Words.of(baseline),
                                    window,
                                    past,
                                    limit.words())
                    : "is %s times its median %s of the %d %s, %s"
                            .formatted(
                                    Words.of(figure),
                                    Words.of(baseline),
                                    window,
                                    past,
                                    limit.words());
        }

        @Override
        public int holdPoints() {
            return window;
        }
    }

    /**
     * The slope of the logarithm over the newest points, per thousand numbers.
     *
     * @param window points, all of which must be there
     */
    record Growth(Limit limit, int window) implements Kind {
        @Override
        public Detector start() {
            return new Detectors.OfGrowth(this);
        }

        @Override
        public String words(double figure, double baseline) {
            return "grows by e^%s per 1000 over %d points, %s"
                    .formatted(Words.of(figure), window, limit.words());
        }
    }

    /**
     * The share of the newest points that reach a value.
     *
     * @param atLeast value that counts
     * @param window points, all of which must be there
     */
    record Share(Limit limit, double atLeast, int window) implements Kind {
        @Override
        public Detector start() {
            return new Detectors.OfShare(this);
        }

        @Override
        public String words(double figure, double baseline) {
            return "was %s or more in %s of the last %d points, %s"
                    .formatted(Words.of(atLeast), Words.of(figure), window, limit.words());
        }
    }

    /**
     * A fast running mean divided by a slow one; weights of the newest point 2 / (n + 1).
     *
     * @param slow points also before the first judgement
     */
    record Averages(Limit limit, int fast, int slow) implements Kind {
        @Override
        public Detector start() {
            return new Detectors.OfAverages(this);
        }

        @Override
        public String words(double figure, double baseline) {
            return "has a mean over %d points of %s times that over %d, %s, %s"
                    .formatted(fast, Words.of(figure), slow, Words.of(baseline), limit.words());
        }

        @Override
        public int holdPoints() {
            return slow;
        }
    }

    /** Which detector of drift. */
    enum DriftKind {
        ADWIN,
        PAGE_HINKLEY,
        KSWIN,
        DDM
    }

    /**
     * A detector of drift; it fires at the point of its alarm and begins anew.
     *
     * @param upOnly ADWIN: only if the mean rose
     * @param delta ADWIN: chance of a false alarm at one cut
     * @param threshold Page-Hinkley: in units of the values
     * @param tolerance Page-Hinkley: rise that does not count
     * @param window KSWIN: points kept
     * @param newest KSWIN: points compared
     * @param alpha KSWIN: false alarms a test
     * @param seed KSWIN: of its draws
     */
    record Drift(
            DriftKind detector,
            boolean upOnly,
            double delta,
            double threshold,
            double tolerance,
            int window,
            int newest,
            double alpha,
            long seed)
            implements Kind {

        private static final int ADWIN_EVERY = 32;
        private static final double PAGE_HINKLEY_KEPT = 0.9999;

        Supplier<DriftDetector> detectors() {
            return switch (detector) {
                case ADWIN -> () -> new Adwin(delta, ADWIN_EVERY);
                case PAGE_HINKLEY -> () -> new PageHinkley(threshold, tolerance, PAGE_HINKLEY_KEPT);
                case KSWIN -> () -> new Kswin(window, newest, alpha, seed);
                case DDM -> Ddm::new;
            };
        }

        @Override
        public Detector start() {
            return new OfDrift(this);
        }

        @Override
        public String words(double figure, double baseline) {
            return "drifts by %s, at %s"
                    .formatted(
                            switch (detector) {
                                case ADWIN -> "ADWIN";
                                case PAGE_HINKLEY -> "Page-Hinkley";
                                case KSWIN -> "KSWIN";
                                case DDM -> "DDM";
                            },
                            Words.of(figure));
        }
    }
}

package freshet.learners.selftraining;

import freshet.learners.Measurement;
import freshet.learners.SavedState;
import freshet.learners.selftraining.SelfTrainingConfig.Drift;
import freshet.learners.stability.Adwin;
import freshet.learners.stability.DriftDetector;
import freshet.learners.stability.Kswin;
import freshet.learners.stability.PageHinkley;
import freshet.learners.tensor.CounterRandom;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Detectors on what a student makes of target examples: see {@link Drift}. Bounded by the
 * detectors: a few numbers, the logarithm of what was seen, and a window for each projection.
 */
final class DriftWatch {

    /** Places of the detectors in the telemetry; KSWINs follow each other from theirs on. */
    static final int PAGE_HINKLEY = 0;

    static final int ADWIN = 1;
    static final int KSWIN = 2;

    private static final long PROJECTION_STREAM = 2; // the learner's own are 0 and 1
    private static final double PAGE_HINKLEY_KEPT = 0.9999;
    private static final int ADWIN_EVERY = 32;

    private final Drift config;
    private final long seed;
    private final float[][] projections; // [projections][D], each of about unit length
    private PageHinkley pageHinkley; // null if left out, like the others
    private Adwin adwin;
    private final List<Kswin> kswins = new ArrayList<>();
    private boolean started;

    /**
     * @param seed of projections and of KSWIN's draws
     * @param size D, numbers of the last layer
     */
    DriftWatch(Drift config, long seed, int size) {
        this.config = config;
        this.seed = seed;
        projections = new float[config.kswinAlpha() > 0 ? config.projections() : 0][size];
        var random = new CounterRandom(seed, PROJECTION_STREAM, 0);
        for (float[] projection : projections) {
            for (int i = 0; i < size; i++) {
                projection[i] = (float) (random.nextGaussian() / Math.sqrt(size));
            }
        }
        startAnew();
    }

    /** Whether the schedule was started, by an alarm or otherwise. */
    boolean started() {
        return started;
    }

    /** Begins anew with the schedule. */
    void start() {
        started = true;
        startAnew();
    }

    private void startAnew() {
        pageHinkley =
                config.pageHinkleyThreshold() > 0
                        ? new PageHinkley(
                                config.pageHinkleyThreshold(),
                                config.pageHinkleyTolerance(),
                                PAGE_HINKLEY_KEPT)
                        : null;
        adwin = config.adwinDelta() > 0 ? new Adwin(config.adwinDelta(), ADWIN_EVERY) : null;
        kswins.clear();
        for (int i = 0; i < projections.length; i++) {
            kswins.add(
                    new Kswin(
                            config.kswinWindow(),
                            config.kswinNewest(),
                            config.kswinAlpha(),
                            seed + i));
        }
    }

    /**
     * Takes a batch of examples in their order, KSWIN with one test for all of it; each detector
     * that raises an alarm begins anew by itself.
     *
     * @param probabilities {@code [B, C]} of the student
     * @param features {@code [B, D]} of its last layer, finite
     * @return {@code driftAlarm} for each detector, {@code head} naming it: 1 if one of the
     *     examples raised its alarm
     */
    List<Measurement> add(float[] probabilities, float[] features, int classes) {
        double[] confidences = Confidence.likeliest(probabilities, classes);
        boolean[] alarms = new boolean[KSWIN + projections.length];
        for (int row = 0; row < confidences.length; row++) {
            double doubt = 1 - confidences[row];
            if (pageHinkley != null) {
                alarms[PAGE_HINKLEY] |= pageHinkley.add(doubt);
            }
            if (adwin != null) {
                double before = adwin.length() > 0 ? adwin.mean() : doubt;
                // Doubt that falls is what learning is for.
                alarms[ADWIN] |= adwin.add(doubt) && adwin.mean() > before;
            }
        }
        for (int i = 0; i < projections.length; i++) {
            double[] projected = new double[confidences.length];
            for (int row = 0; row < projected.length; row++) {
                projected[row] = project(projections[i], features, row);
            }
            alarms[KSWIN + i] = kswins.get(i).add(projected);
        }
        var measurements = new ArrayList<Measurement>();
        for (int detector = 0; detector < alarms.length; detector++) {
            if (watches(detector)) {
                double alarm = alarms[detector] ? 1 : 0;
                measurements.add(
                        new Measurement("driftAlarm", -1, detector, 1, alarm, alarm, alarm));
            }
        }
        return measurements;
    }

    private boolean watches(int detector) {
        return switch (detector) {
            case PAGE_HINKLEY -> pageHinkley != null;
            case ADWIN -> adwin != null;
            default -> true;
        };
    }

    private static double project(float[] direction, float[] features, int row) {
        double sum = 0;
        for (int i = 0; i < direction.length; i++) {
            sum += direction[i] * features[row * direction.length + i];
        }
        return sum;
    }

    private List<DriftDetector> detectors() {
        var detectors = new ArrayList<DriftDetector>();
        if (pageHinkley != null) {
            detectors.add(pageHinkley);
        }
        if (adwin != null) {
            detectors.add(adwin);
        }
        detectors.addAll(kswins);
        return detectors;
    }

    /**
     * Whether started (boolean), settings (UTF), number of detectors (int), of each its bytes (int
     * length, bytes).
     */
    byte[] snapshot() {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            out.writeBoolean(started);
            out.writeUTF(config.toString());
            List<DriftDetector> detectors = detectors();
            out.writeInt(detectors.size());
            for (DriftDetector detector : detectors) {
                byte[] one = detector.snapshot();
                SavedState.writeBlock(out, one);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /**
     * Goes on from what {@link #snapshot} gave. Under other settings its numbers would mean
     * something else: then all detectors begin anew.
     *
     * @throws IllegalArgumentException if it is cut short
     */
    void restore(byte[] snapshot) {
        startAnew();
        try (var in = new DataInputStream(new ByteArrayInputStream(snapshot))) {
            started = in.readBoolean();
            if (!in.readUTF().equals(config.toString())) {
                return;
            }
            List<DriftDetector> detectors = detectors();
            int saved = in.readInt();
            if (saved != detectors.size()) {
                throw new IllegalArgumentException(
                        "snapshot has %d drift detectors, the settings %d"
                                .formatted(saved, detectors.size()));
            }
            for (DriftDetector detector : detectors) {
                detector.restore(SavedState.readBlock(in));
            }
        } catch (IOException e) {
            throw new IllegalArgumentException("state of the drift detectors is cut short", e);
        }
    }
}

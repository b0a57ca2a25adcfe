package freshet.operators;

import freshet.learners.Measurement;
import freshet.learners.Order;
import freshet.learners.scoring.PairedTrial;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.flink.util.MathUtils;

/**
 * Which of two versions answers: a share of the keys has the candidate, all others the stable one,
 * until pairs of their losses or an order make the candidate stable or let it go. Then the next
 * version that is due is tried. docs/decisions/0026 says why so.
 *
 * <p>State: three versions (the stable one, the candidate, the stable one before) and the sums of a
 * {@link PairedTrial}.
 */
final class VersionTrial implements Commanded {

    private static final long NONE = -1;
    private static final String PART = "trial";

    private final TrialConfig config;
    private final TelemetryRecords telemetry;
    private final List<OutRecord> records = new ArrayList<>();

    private ModelVersion stable;
    private ModelVersion candidate; // null: none is on trial
    private ModelVersion before; // the stable one before; null: none to go back to
    private PairedTrial test;
    private long newestTried = NONE;
    private long told; // records of telemetry: the number of each
    private long lastMillis;

    // Numbers of the versions that the state names, until their weights are read.
    private long stableSaved = NONE;
    private long candidateSaved = NONE;
    private long beforeSaved = NONE;

    VersionTrial(String modelName, TrialConfig config) {
        this.config = config;
        telemetry = new TelemetryRecords(modelName, PART);
        test = new PairedTrial(config.test());
    }

    /** Whether the candidate answers records of that key: depends on the key alone. */
    static boolean isTried(String key, double share) {
        return MathUtils.murmurHash(key.hashCode()) < share * 0x1p31;
    }

    boolean isTried(String key) {
        return isTried(key, config.share());
    }

    /**
     * The version that answers a record.
     *
     * @param due the version that would without a trial; the first is stable at once
     * @param learn whether the answer may be scored: a question begins no trial, as the newest
     *     version may be ahead of the records that are scored
     */
    ModelVersion of(String key, long eventTimeMillis, ModelVersion due, boolean learn) {
        lastMillis = eventTimeMillis;
        if (stable == null) {
            stable = due;
            newestTried = due.version;
        } else if (candidate == null && learn && due.version > newestTried) {
            candidate = due;
            newestTried = due.version;
            test = new PairedTrial(config.test());
            tell("trialBegins");
        }
        return candidate != null && isTried(key) ? candidate : stable;
    }

    boolean isCandidate(ModelVersion version) {
        return candidate != null && version.version == candidate.version;
    }

    /** What a candidate's answer is compared with; null: it is no answer to be scored. */
    ModelVersion comparedWith(ModelVersion answering, long eventTimeMillis) {
        boolean counts =
                isCandidate(answering)
                        && !ServingVersions.hasSeen(candidate.trainedThroughMillis, eventTimeMillis)
                        && !ServingVersions.hasSeen(stable.trainedThroughMillis, eventTimeMillis);
        return counts ? stable : null;
    }

    /**
     * Counts one pair of losses, in nats.
     *
     * @param number of the candidate that answered: a trial that has ended counts no more
     */
    void score(long number, double candidateNats, double stableNats) {
        if (candidate == null || candidate.version != number) {
            return;
        }
        switch (test.add(candidateNats, stableNats)) {
            case PROMOTE -> promote("trialPromoted");
            case ROLL_BACK -> end("trialRolledBack");
            case OPEN -> {}
        }
    }

    private void promote(String how) {
        tell(how);
        before = stable;
        stable = candidate;
        candidate = null;
    }

    private void end(String how) {
        tell(how);
        candidate = null;
    }

    private void tell(String what) {
        List<Measurement> points = new ArrayList<>();
        points.add(Measurement.of(what, 1));
        points.add(Measurement.of("trialStable", (double) stable.version));
        points.add(Measurement.of("trialCandidate", (double) number(candidate)));
        points.add(Measurement.of("trialPairs", (double) test.pairs()));
        if (test.pairs() > 0) {
            points.add(Measurement.of("trialCandidateLossNats", test.candidateLoss()));
            points.add(Measurement.of("trialStableLossNats", test.currentLoss()));
            points.add(Measurement.of("trialDifferenceNats", test.meanDifference()));
            points.add(Measurement.of("trialBoundNats", test.radius()));
        }
        told++;
        records.add(telemetry.of(told, lastMillis, points));
    }

    /** What has come of trials since it was asked last. */
    List<OutRecord> takeRecords() {
        List<OutRecord> taken = List.copyOf(records);
        records.clear();
        return taken;
    }

    @Override
    public String obey(Order order, boolean dryRun) {
        order.checkArguments(Set.of(ServingActions.VERSION));
        long number = (long) order.number(ServingActions.VERSION, 0, Long.MAX_VALUE);
        return switch (order.action()) {
            case ServingActions.PROMOTE -> promote(number, dryRun);
            case ServingActions.ROLL_BACK -> rollBack(number, dryRun);
            default -> throw new IllegalArgumentException("no order to predictors: " + order);
        };
    }

    private String promote(long number, boolean dryRun) {
        if (candidate == null || candidate.version != number) {
            throw new IllegalArgumentException(
                    "version %d is not on trial, %s".formatted(number, state()));
        }
        String was = "stable version %d -> %d".formatted(stable.version, number);
        if (!dryRun) {
            promote("trialPromotedByHand");
        }
        return was;
    }

    private String rollBack(long number, boolean dryRun) {
        boolean ends = stable != null && stable.version == number && candidate != null;
        boolean goesBack = before != null && before.version == number;
        if (!ends && !goesBack) {
            throw new IllegalArgumentException(
                    "there is no way back to version %d: %s".formatted(number, state()));
        }
        String was =
                "stable version %d, on trial %s -> %d, none"
                        .formatted(
                                stable.version,
                                candidate == null ? "none" : candidate.version,
                                number);
        if (!dryRun) {
            end("trialRolledBackByHand");
            if (goesBack) {
                stable = before;
                before = null;
            }
        }
        return was;
    }

    private String state() {
        return "stable is %s, on trial %s, stable before %s"
                .formatted(named(stable), named(candidate), named(before));
    }

    private static String named(ModelVersion version) {
        return version == null ? "none" : String.valueOf(version.version);
    }

    /** Number of the stable version; -1 before the first. */
    long stableNumber() {
        return number(stable);
    }

    /** The versions whose weights a restart needs, each once. */
    List<ModelVersion> versions() {
        return Stream.of(stable, candidate, before).filter(Objects::nonNull).toList();
    }

    /** Numbers of the versions, the sums, and what was tried; weights are in {@link #versions}. */
    @Override
    public void write(DataOutputStream out) throws IOException {
        out.writeLong(number(stable));
        out.writeLong(number(candidate));
        out.writeLong(number(before));
        out.writeLong(newestTried);
        out.writeLong(told);
        out.writeLong(lastMillis);
        test.write(out);
    }

    private static long number(ModelVersion version) {
        return version == null ? NONE : version.version;
    }

    /** Call {@link #restore} behind it. */
    @Override
    public void read(DataInputStream in) throws IOException {
        stableSaved = in.readLong();
        candidateSaved = in.readLong();
        beforeSaved = in.readLong();
        newestTried = in.readLong();
        told = in.readLong();
        lastMillis = in.readLong();
        test.read(in);
    }

    /** Takes back what {@link #versions} gave. */
    void restore(Iterable<ModelVersion> versions) {
        for (ModelVersion version : versions) {
            stable = version.version == stableSaved ? version : stable;
            candidate = version.version == candidateSaved ? version : candidate;
            before = version.version == beforeSaved ? version : before;
        }
    }
}

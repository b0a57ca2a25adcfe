package freshet.benchmarks.stability;

import freshet.benchmarks.text.TextStream;
import freshet.learners.ModelArtifact;
import freshet.learners.Order;
import freshet.learners.StepReport;
import freshet.learners.language.BytePairTokenizer;
import freshet.learners.language.LanguageLearner;
import freshet.learners.language.LanguageModel;
import freshet.learners.language.LanguageModelConfig;
import freshet.learners.language.LearningConfig;
import freshet.learners.language.ProbeGuard;
import freshet.learners.language.TextBatch;
import freshet.learners.language.Tokenizer;
import freshet.learners.stability.UpdateControl;
import freshet.learners.stability.remedies.Policy;
import freshet.learners.stability.remedies.Prescription;
import freshet.learners.stability.rules.Report;
import freshet.learners.stability.rules.Watch;
import freshet.learners.tensor.TensorEngine;
import freshet.operators.KeptVersions;
import freshet.operators.LearningControl;
import freshet.operators.ModelVersion;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One run of the language learner with something going wrong in it, watched and, if a policy is
 * given, treated, by the classes of the pipeline.
 */
final class SabotagedRun implements AutoCloseable {

    /**
     * What is the same for several runs.
     *
     * @param from first update that is sabotaged, counted from 1
     * @param until last update
     * @param publishEvery updates between two versions
     * @param delay updates from a report to the remedy that follows from it
     */
    record Setup(
            LanguageModelConfig model,
            LearningConfig learning,
            int from,
            int until,
            int publishEvery,
            int delay) {}

    /** A remedy's order and when it held. */
    record Obeyed(int batch, String order) {}

    /** An order that holds from a batch on. */
    private record OnTheWay(int batch, Order order) {}

    private static final String MODEL = "text";
    private static final int KEPT = 10;

    private final Setup setup;
    private final Sabotage sabotage;
    private final Tokenizer tokenizer = BytePairTokenizer.load();
    private final TensorEngine engine;
    private final ProbeGuard learner;
    private final SortedMap<Long, ModelVersion> kept = new TreeMap<>();
    private final LearningControl control;
    private final Watch watch;
    private final Policy policy;
    private final Deque<TextBatch> batches;
    private final Deque<OnTheWay> onTheWay = new ArrayDeque<>();

    private final double[] losses;
    private final List<Report> reports = new ArrayList<>();
    private final List<Integer> reportedAt = new ArrayList<>();
    private final List<Obeyed> obeyed = new ArrayList<>();
    private ModelArtifact served;
    private double remedied = 1; // factor of the learning rate that was ordered
    private double applied = 1; // what the learner was told
    private int passed;
    private long step;
    private long lastVersion;

    /**
     * @param watch of a run that is treated
     * @param policy null: nothing is done
     */
    SabotagedRun(
            TensorEngine engine,
            Setup setup,
            Sabotage sabotage,
            TextStream stream,
            Watch watch,
            Policy policy) {
        this.engine = engine;
        this.setup = setup;
        this.sabotage = sabotage;
        this.watch = watch;
        this.policy = policy;
        learner =
                new ProbeGuard(
                        new LanguageLearner(
                                engine, setup.model(), setup.learning(), tokenizer.hash()),
                        ProbeGuard.Config.defaults());
        control = new LearningControl(learner, new Kept());
        losses = new double[setup.until() + 1];
        batches = new ArrayDeque<>(stream.batches(tokenizer, setup.model(), setup.until() + 1));
    }

    /** Versions in this process. */
    private final class Kept implements KeptVersions {

        @Override
        public void add(ModelVersion version) {
            kept.put(version.version, version);
            while (kept.size() > KEPT) {
                kept.remove(kept.firstKey());
            }
        }

        @Override
        public List<Long> numbers() {
            return List.copyOf(kept.keySet());
        }

        @Override
        public ModelVersion newestUpTo(long version) {
            SortedMap<Long, ModelVersion> upTo =
                    version == Long.MAX_VALUE ? kept : kept.headMap(version + 1);
            return upTo.isEmpty() ? null : upTo.get(upTo.lastKey());
        }

        @Override
        public void dropAfter(long version) {
            kept.tailMap(version + 1).clear();
        }
    }

    void run() {
        publish(0);
        TextBatch repeated = null;
        for (int number = 1; number <= setup.until(); number++) {
            TextBatch batch = batches.remove();
            long since = (long) number - setup.from();
            if (since >= 0) {
                if (sabotage.repeatsData()) {
                    repeated = repeated == null ? batch : repeated;
                    batch = repeated;
                }
                batch =
                        sabotage.batch(
                                batch, since, setup.model().vocabulary(), setup.learning().seed());
                sharpen();
            }
            obey(number);
            rate(since >= 0 ? sabotage.rate(since) : 1, 0);
            learn(number, batch);
        }
    }

    private void sharpen() {
        double factor = sabotage.sharpening();
        if (factor != 1) {
            learner.obey(
                    Order.of(
                            "scaleQueryKey",
                            new TreeMap<>(Map.of("factor", String.valueOf(factor)))),
                    false);
        }
    }

    /**
     * The rate is what sabotage and remedies make of it together: a remedy cannot undo the cause.
     */
    private void rate(double sabotaged, int warmUp) {
        double factor = Math.max(1e-6, sabotaged * remedied);
        if (factor != applied) {
            applied = factor;
            var arguments = new TreeMap<String, String>();
            arguments.put("factor", String.valueOf(factor));
            arguments.put("steps", String.valueOf(warmUp));
            learner.obey(Order.of(UpdateControl.SCALE_RATE, arguments), false);
        }
    }

    private void obey(int number) {
        while (!onTheWay.isEmpty() && onTheWay.peek().batch() <= number) {
            Order order = onTheWay.remove().order();
            if (order.action().equals(UpdateControl.SCALE_RATE)) {
                remedied = Double.parseDouble(order.arguments().get("factor"));
                long since = (long) number - setup.from();
                rate(
                        since >= 0 ? sabotage.rate(since) : 1,
                        Integer.parseInt(order.arguments().getOrDefault("steps", "0")));
            } else {
                try {
                    control.obey(order, false);
                } catch (IllegalArgumentException e) { // as the job refuses it
                    obeyed.add(new Obeyed(number, "refused: " + e.getMessage()));
                    continue;
                }
            }
            obeyed.add(new Obeyed(number, order.action() + order.arguments()));
        }
    }

    private void learn(int number, TextBatch batch) {
        losses[number] = Double.NaN;
        if (control.fateOfNextBatch() == LearningControl.Fate.LEARN) {
            StepReport report = learner.step(batch);
            losses[number] = report.loss();
            if (report.step() > step) {
                step = report.step();
                judge(number, new Report("learner", step, number, report.measurements()));
            }
        } else {
            passed++;
        }
        boolean moved = step + passed > lastVersion;
        if (moved && control.takePublishesNext()
                || step + passed >= lastVersion + setup.publishEvery()) {
            publish(number);
        }
    }

    private void publish(int number) {
        ModelArtifact artifact = control.toPublish();
        served = artifact;
        lastVersion = step + passed;
        ModelVersion version = ModelVersion.of(MODEL, lastVersion, artifact);
        version.trainedThroughMillis = number;
        if (!control.isHeld()) {
            new Kept().add(version);
        }
        var points = new ArrayList<>(learner.probe());
        judge(number, new Report("publication", lastVersion, number, points));
    }

    private void judge(int number, Report report) {
        reports.add(report);
        reportedAt.add(number);
        if (policy == null) {
            return;
        }
        policy.note(watch.add(report));
        for (Prescription one : policy.at(step, number)) {
            if (!one.proposed()) { // nobody is here to confirm
                onTheWay.add(new OnTheWay(number + setup.delay(), one.order()));
            }
        }
    }

    /** Nats a token of the version served last, on a text that was not learned. */
    double score(byte[] heldOut) {
        int[] tokens = tokenizer.encode(heldOut);
        try (var model = new LanguageModel(engine, setup.model(), tokenizer.hash(), served)) {
            return model.score(new int[0], tokens).nats(tokens) / tokens.length;
        }
    }

    Recording recording(double score) {
        return new Recording(losses, reports, reportedAt, score);
    }

    List<Obeyed> obeyed() {
        return obeyed;
    }

    @Override
    public void close() {
        learner.close();
    }
}

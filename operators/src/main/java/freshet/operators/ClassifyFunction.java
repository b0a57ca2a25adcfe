package freshet.operators;

import freshet.learners.selftraining.Classifier;
import freshet.learners.tensor.Weights;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.util.Collector;

/**
 * Says of every image how probable each class is, by the version that is due. Images that come
 * within the time that {@link SharedPassOperator} lets them wait share a pass. While versions are
 * tried, each has its own, and labels come among the images and go no further: {@link
 * PairedAnswers}, which also bounds the state that they take.
 */
public final class ClassifyFunction extends ServingFunction<ImageRecord, ImageRecord> {

    private static final long serialVersionUID = 1;

    private final ImageSetup setup;
    private final ServingConfig serving;
    private final LabelSettings labels;

    private transient ServedModel<Classifier> model;
    private transient ServedModel<Classifier> candidate;
    private transient Counter imagesPredicted;

    /** Images that wait for others, fewer than a pass takes, and who is to answer them all. */
    private transient List<ImageRecord> asked;

    private transient ModelVersion askedOf;

    /** Null if every version is served at once. */
    private transient PairedAnswers pairs;

    private transient ListState<PairedAnswers.Waiting> savedPairs;

    /** Every version is served at once. */
    public ClassifyFunction(ImageSetup setup, ServingConfig serving) {
        this(setup, serving, null, DecisionLog.Factory.none());
    }

    /**
     * @param labels by which versions are compared; null where none is tried
     * @param log of what is ordered of trials
     */
    public ClassifyFunction(
            ImageSetup setup,
            ServingConfig serving,
            LabelSettings labels,
            DecisionLog.Factory log) {
        super(setup, serving, ImageRecord.class, "classify", log);
        this.setup = setup;
        this.serving = serving;
        this.labels = labels;
    }

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        super.initializeState(context);
        asked = new ArrayList<>();
        if (serving.trial().enabled()) {
            pairs = new PairedAnswers(labels, trial()::score);
            savedPairs =
                    context.getOperatorStateStore()
                            .getListState(
                                    new ListStateDescriptor<>(
                                            "paired-answers",
                                            Types.POJO(PairedAnswers.Waiting.class)));
            pairs.restore(savedPairs.get());
        }
    }

    @Override
    public void open(OpenContext context) {
        super.open(context);
        model = new ServedModel<>(setup::newClassifier, Classifier::load);
        candidate = new ServedModel<>(setup::newClassifier, Classifier::load);
        imagesPredicted =
                getRuntimeContext()
                        .getMetricGroup()
                        .addGroup("ml")
                        .addGroup("classify")
                        .counter("imagesPredicted");
    }

    @Override
    long eventTimeMillis(ImageRecord image) {
        return image.eventTimeMillis;
    }

    @Override
    boolean isLearned(ImageRecord image) {
        return image.learn;
    }

    @Override
    String trialKey(ImageRecord image) {
        return image.recordId;
    }

    @Override
    RecordPlace place(ImageRecord record) {
        return RecordPlace.of(record);
    }

    @Override
    boolean isOutcome(ImageRecord record) {
        return record.isLabel();
    }

    @Override
    void settle(ImageRecord label) {
        if (pairs != null && trial().isTried(label.recordId)) {
            pairs.labelled(label);
        }
    }

    @Override
    void answer(ImageRecord image, ModelVersion due, Collector<ImageRecord> out) {
        if (trial() == null) {
            if (askedOf != due) {
                answerAsked(out);
            }
            askedOf = due;
            asked.add(image);
            if (asked.size() == ImageSetup.IMAGES_A_PASS) {
                answerAsked(out);
            }
            return;
        }
        imagesPredicted.inc();
        float[] pixels = Weights.fromBytes(image.image);
        float[] probabilities =
                (isCandidate(due) ? candidate : model).of(due).probabilities(pixels);
        out.collect(image.answered(probabilities, due));
        ModelVersion stable = comparedWith(image, due);
        if (stable != null) {
            float[] others = model.of(stable).probabilities(pixels);
            pairs.answered(image, due.version, probabilities, others);
        }
    }

    @Override
    boolean hasAsked() {
        return !asked.isEmpty();
    }

    @Override
    void answerAsked(Collector<ImageRecord> out) {
        if (asked.isEmpty()) {
            return;
        }
        imagesPredicted.inc(asked.size());
        List<ImageRecord> all = List.copyOf(asked);
        asked.clear();
        float[] probabilities = model.of(askedOf).probabilities(pixels(all));
        int classes = probabilities.length / all.size();
        for (int i = 0; i < all.size(); i++) {
            float[] ofOne = Arrays.copyOfRange(probabilities, i * classes, (i + 1) * classes);
            out.collect(all.get(i).answered(ofOne, askedOf));
        }
    }

    private static float[] pixels(List<ImageRecord> images) {
        int each = images.get(0).image.length / Float.BYTES;
        float[] all = new float[each * images.size()];
        for (int i = 0; i < images.size(); i++) {
            Weights.fromBytes(images.get(i).image, all, i * each);
        }
        return all;
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        super.snapshotState(context);
        if (pairs != null) {
            savedPairs.update(pairs.kept());
        }
    }

    @Override
    public void close() throws Exception {
        super.close();
        if (model != null) {
            model.close();
            candidate.close();
        }
    }
}

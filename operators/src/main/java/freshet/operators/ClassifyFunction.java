package freshet.operators;

import freshet.learners.selftraining.Classifier;
import freshet.learners.tensor.Weights;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.util.Collector;

/** Says of every image how probable each class is, by the version that is due. */
public final class ClassifyFunction extends ServingFunction<ImageRecord, ImageRecord> {

    private static final long serialVersionUID = 1;

    private final ImageSetup setup;

    private transient ServedModel<Classifier> model;
    private transient Counter imagesPredicted;

    public ClassifyFunction(ImageSetup setup, ServingConfig serving) {
        super(setup, serving, ImageRecord.class, "classify");
        this.setup = setup;
    }

    @Override
    public void open(OpenContext context) {
        super.open(context);
        model = new ServedModel<>(setup::newClassifier, Classifier::load);
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
    void answer(ImageRecord image, ModelVersion due, Collector<ImageRecord> out) {
        imagesPredicted.inc();
        float[] probabilities = model.of(due).probabilities(Weights.fromBytes(image.image));
        out.collect(image.answered(probabilities, due));
    }

    @Override
    public void close() throws Exception {
        if (model != null) {
            model.close();
        }
    }
}

package freshet.pipelines;

import freshet.operators.ClassifyFunction;
import freshet.operators.EventTimeMarks;
import freshet.operators.ImagePredictionsFunction;
import freshet.operators.ImageRecord;
import freshet.operators.ImageSetup;
import freshet.operators.JoinLabelsFunction;
import freshet.operators.ModelRecord;
import freshet.operators.ModelVersion;
import freshet.operators.OutRecord;
import freshet.operators.ScoreFunction;
import freshet.operators.SharedPassOperator;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;

/**
 * The image pipeline as two branches that meet only in the models stream. Takes streams and returns
 * streams; knows no topic and no cluster.
 *
 * <pre>
 * images, labels, commands → order → drop repeats → join labels → learn → chunk models → models
 * images → (order) → drop repeats → classify → write predictions → predictions
 * models → assemble models → (keep newest) ──┘ └→ with labels → order → score → telemetry
 * </pre>
 */
public final class ImagePipeline {

    private static final TypeInformation<ImageRecord> IMAGE = Types.POJO(ImageRecord.class);

    private ImagePipeline() {}

    /**
     * images, labels, commands → order by event time → drop repeats → join → batch and LEARN →
     * chunk.
     */
    public static Learned learn(
            DataStream<ImageRecord> images,
            DataStream<ImageRecord> labels,
            Commands<ImageRecord> commands,
            ImageSettings settings) {
        SingleOutputStreamOperator<ImageRecord> ordered =
                Branches.order(commands.among(images.union(labels)), "learn", settings);
        SingleOutputStreamOperator<ImageRecord> once =
                Branches.dropRepeats(ordered, "learn", Branches.DEAD_LETTERS, settings);
        SingleOutputStreamOperator<ImageRecord> joined =
                Branches.keyedInPlace(once)
                        .process(
                                new JoinLabelsFunction(settings.labels(), Branches.DEAD_LETTERS),
                                IMAGE);
        Branches.name(joined, "join labels", settings.learner()).setParallelism(1);
        SingleOutputStreamOperator<ModelVersion> versions =
                Branches.learn(joined, commands.settings(), settings);
        return Branches.learned(versions, settings, ordered, once, joined);
    }

    /** images → order or arrival → drop repeats → classify → predictions, and scores by labels. */
    public static Predicted predict(
            DataStream<ImageRecord> images,
            DataStream<ImageRecord> labels,
            DataStream<ModelRecord> modelRecords,
            ImageSettings settings) {
        return predict(images, labels, modelRecords, ServedOrders.none(), settings);
    }

    /**
     * The same with orders to predictors; while versions are tried, labels come to classify too.
     */
    public static Predicted predict(
            DataStream<ImageRecord> images,
            DataStream<ImageRecord> labels,
            DataStream<ModelRecord> modelRecords,
            ServedOrders orders,
            ImageSettings settings) {
        ImageSetup setup = settings.learner();
        boolean evaluation = settings.serving().evaluation();

        Branches.Versions versions = Branches.versions(modelRecords, settings);
        DataStream<ImageRecord> asked =
                settings.serving().trial().enabled() ? images.union(labels) : images;
        DataStream<ImageRecord> inOrder =
                evaluation ? Branches.order(asked, "predict", settings) : asked;
        SingleOutputStreamOperator<ImageRecord> answers =
                Branches.dropRepeats(inOrder, "predict", null, settings)
                        .rebalance()
                        .connect(orders.among(versions.taken()).broadcast())
                        .transform(
                                "classify",
                                IMAGE,
                                new SharedPassOperator<>(
                                        new ClassifyFunction(
                                                setup,
                                                settings.serving(),
                                                settings.labels(),
                                                orders.log())));
        Branches.name(answers, "classify", setup)
                .setParallelism(Branches.servingParallelism(settings));

        SingleOutputStreamOperator<OutRecord> predictions =
                answers.map(new ImagePredictionsFunction(setup.modelName(), evaluation))
                        .returns(Branches.OUT);
        Branches.name(predictions, "write predictions", setup)
                .setParallelism(settings.predictParallelism());

        return new Predicted(
                predictions,
                Branches.withTrials(score(answers, labels, settings), answers, settings),
                versions.refused());
    }

    /** Answers and labels → order → score. What is late here, the learn branch puts aside. */
    private static DataStream<OutRecord> score(
            SingleOutputStreamOperator<ImageRecord> answers,
            DataStream<ImageRecord> labels,
            ImageSettings settings) {
        // An answer that waited for its model may be behind the watermark of its image; in
        // evaluation mode each subtask gives answers in their order.
        long disorderMillis =
                settings.serving().evaluation() ? 0 : settings.allowedDisorderMillis();
        SingleOutputStreamOperator<ImageRecord> marked =
                answers.assignTimestampsAndWatermarks(EventTimeMarks.strategy(disorderMillis));
        Branches.name(marked, "mark event time", settings.learner())
                .setParallelism(settings.predictParallelism());
        SingleOutputStreamOperator<ImageRecord> ordered =
                Branches.order(marked.union(labels), "score", settings);
        SingleOutputStreamOperator<OutRecord> scores =
                Branches.keyedInPlace(ordered)
                        .process(
                                new ScoreFunction(
                                        settings.learner().modelName(),
                                        settings.labels(),
                                        settings.score(),
                                        settings.scoreEvery()),
                                Branches.OUT);
        return Branches.name(scores, "score", settings.learner()).setParallelism(1);
    }
}

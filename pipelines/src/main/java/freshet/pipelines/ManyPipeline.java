package freshet.pipelines;

import freshet.operators.AdmitModelsFunction;
import freshet.operators.ManyLearnersOperator;
import freshet.operators.ModelAnswers;
import freshet.operators.ModelChunksFunction;
import freshet.operators.ModelNames;
import freshet.operators.ModelVersion;
import freshet.operators.OutRecord;
import freshet.operators.TextAnswers;
import freshet.operators.TextRecord;
import freshet.operators.TextSetup;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.util.OutputTag;
import org.apache.flink.util.function.SerializableSupplier;

/**
 * Many text models, each learning its own part of the stream. Takes streams and returns streams.
 *
 * <pre>
 * texts → admit → (by model) answer, then LEARN → chunk models → models
 *                                 └─► predictions, telemetry, dead letters
 * </pre>
 *
 * <p>There is no order by event time: a model's records are learned in the order of their
 * partition, so that no model waits for the clock of another.
 */
public final class ManyPipeline {

    private static final OutputTag<OutRecord> PREDICTIONS =
            new OutputTag<>("predictions", Branches.OUT);

    /** What the pipeline hands out. */
    public record Outputs(Learned learned, DataStream<OutRecord> predictions) {}

    private ManyPipeline() {}

    public static Outputs learn(DataStream<TextRecord> texts, ManySettings settings) {
        TextSetup setup = settings.text().learner();
        SingleOutputStreamOperator<TextRecord> admitted =
                texts.process(
                        new AdmitModelsFunction<>(settings.admission(), Branches.DEAD_LETTERS),
                        Types.POJO(TextRecord.class));
        Branches.name(admitted, "admit many", setup).setParallelism(1);
        ModelNames names = settings.admission().names();
        SerializableSupplier<? extends ModelAnswers<TextRecord>> answers =
                settings.answers() ? () -> new TextAnswers(setup) : null;
        SingleOutputStreamOperator<ModelVersion> versions =
                admitted.keyBy(record -> names.of(record.source), Types.STRING)
                        .transform(
                                "learn many",
                                Types.POJO(ModelVersion.class),
                                new ManyLearnersOperator<>(
                                        setup,
                                        settings.limits(),
                                        answers,
                                        PREDICTIONS,
                                        Branches.TELEMETRY,
                                        Branches.DEAD_LETTERS));
        Branches.name(versions, "learn many", setup).setParallelism(settings.parallelism());
        SingleOutputStreamOperator<OutRecord> models =
                versions.flatMap(new ModelChunksFunction(settings.text().chunkBytes()))
                        .returns(Branches.OUT);
        Branches.name(models, "chunk many models", setup).setParallelism(settings.parallelism());
        return new Outputs(
                new Learned(
                        models,
                        versions.getSideOutput(Branches.TELEMETRY),
                        admitted.getSideOutput(Branches.DEAD_LETTERS)
                                .union(versions.getSideOutput(Branches.DEAD_LETTERS))),
                versions.getSideOutput(PREDICTIONS));
    }
}

package freshet.pipelines;

import freshet.operators.AssembleModelsFunction;
import freshet.operators.EncodeFunction;
import freshet.operators.EncodedText;
import freshet.operators.LearnFunction;
import freshet.operators.LearnerSetup;
import freshet.operators.MemoryOperator;
import freshet.operators.MemoryRequest;
import freshet.operators.MemoryRequestsFunction;
import freshet.operators.MixFunction;
import freshet.operators.ModelChunksFunction;
import freshet.operators.ModelRecord;
import freshet.operators.ModelVersion;
import freshet.operators.NewestVersionOperator;
import freshet.operators.OrderFunction;
import freshet.operators.OutRecord;
import freshet.operators.SequenceFunction;
import freshet.operators.SequencedText;
import freshet.operators.ShardAnswer;
import freshet.operators.TextRecord;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.util.OutputTag;

/**
 * The text pipeline as two branches that meet only in the models stream. Takes streams and returns
 * streams; knows no topic and no cluster.
 *
 * <pre>
 * texts → order → learn → chunk models → models
 * texts → (order) → sequence → encode → remember (virtual shards) → mix → predictions
 * models → assemble models → (keep newest) ──┘
 * </pre>
 */
public final class TextPipeline {

    private static final TypeInformation<OutRecord> OUT = Types.POJO(OutRecord.class);
    private static final OutputTag<OutRecord> TELEMETRY = new OutputTag<>("telemetry", OUT);
    private static final OutputTag<OutRecord> DEAD_LETTERS = new OutputTag<>("dead-letters", OUT);

    /** Key groups: fixed for ever, because state is spread over them. */
    public static final int MAX_PARALLELISM = 128;

    private TextPipeline() {}

    /** What the learn branch gives: {@code models} are chunks and manifests in order. */
    public record Learned(
            DataStream<OutRecord> models,
            DataStream<OutRecord> telemetry,
            DataStream<OutRecord> deadLetters) {}

    /** What the predict branch gives. */
    public record Predicted(
            DataStream<OutRecord> predictions,
            DataStream<OutRecord> telemetry,
            DataStream<OutRecord> deadLetters) {}

    /** texts → order by event time → batch and LEARN → chunk models. */
    public static Learned learn(DataStream<TextRecord> texts, TextSettings settings) {
        LearnerSetup setup = settings.learner();
        SingleOutputStreamOperator<TextRecord> ordered = order(texts, "learn", settings);
        SingleOutputStreamOperator<ModelVersion> versions =
                ordered.keyBy(text -> 0, Types.INT)
                        .process(
                                new LearnFunction(setup, TELEMETRY, DEAD_LETTERS),
                                Types.POJO(ModelVersion.class));
        name(versions, "learn", setup).setParallelism(1);
        SingleOutputStreamOperator<OutRecord> models =
                versions.flatMap(new ModelChunksFunction(settings.chunkBytes())).returns(OUT);
        name(models, "chunk models", setup).setParallelism(1);
        return new Learned(
                models,
                versions.getSideOutput(TELEMETRY),
                ordered.getSideOutput(DEAD_LETTERS).union(versions.getSideOutput(DEAD_LETTERS)));
    }

    /** texts → order or arrival → sequence → encode → remember → mix. */
    public static Predicted predict(
            DataStream<TextRecord> texts,
            DataStream<ModelRecord> modelRecords,
            TextSettings settings) {
        LearnerSetup setup = settings.learner();
        int parallelism = settings.predictParallelism();

        SingleOutputStreamOperator<ModelVersion> versions =
                modelRecords.process(
                        new AssembleModelsFunction(setup, DEAD_LETTERS),
                        Types.POJO(ModelVersion.class));
        name(versions, "assemble models", setup).setParallelism(1);
        DataStream<OutRecord> deadLetters = versions.getSideOutput(DEAD_LETTERS);

        boolean evaluation = settings.serving().evaluation();
        if (!evaluation) { // evaluation needs every version
            versions =
                    versions.transform(
                            "keep newest",
                            Types.POJO(ModelVersion.class),
                            new NewestVersionOperator(settings.serving()));
            name(versions, "keep newest", setup).setParallelism(1);
        }
        SingleOutputStreamOperator<TextRecord> ordered =
                evaluation ? order(texts, "predict", settings) : null;
        SingleOutputStreamOperator<SequencedText> sequenced =
                (evaluation ? ordered : texts)
                        .process(
                                new SequenceFunction(
                                        setup::newTokenizer,
                                        setup.model().window(),
                                        setup.maxSources()),
                                Types.POJO(SequencedText.class));
        name(sequenced, "sequence", setup).setParallelism(1);

        SingleOutputStreamOperator<EncodedText> encoded =
                sequenced
                        .rebalance()
                        .connect(versions.broadcast(EncodeFunction.VERSIONS))
                        .process(
                                new EncodeFunction(setup, settings.serving()),
                                Types.POJO(EncodedText.class));
        name(encoded, "encode", setup).setParallelism(parallelism);

        SingleOutputStreamOperator<MemoryRequest> requests =
                encoded.flatMap(
                                new MemoryRequestsFunction(
                                        settings.memory().shards(), MAX_PARALLELISM))
                        .returns(Types.POJO(MemoryRequest.class));
        name(requests, "ask every shard", setup).setParallelism(parallelism);

        SingleOutputStreamOperator<ShardAnswer> answers =
                requests.keyBy(request -> request.shardKey, Types.INT)
                        .transform(
                                "remember",
                                Types.POJO(ShardAnswer.class),
                                new MemoryOperator(setup, settings.memory()));
        name(answers, "remember", setup).setParallelism(parallelism);

        SingleOutputStreamOperator<OutRecord> predictions =
                encoded.global()
                        .connect(answers.global())
                        .process(
                                new MixFunction(
                                        setup, settings.memory(), settings.serving(), TELEMETRY),
                                OUT);
        name(predictions, "mix", setup).setParallelism(1);

        return new Predicted(predictions, predictions.getSideOutput(TELEMETRY), deadLetters);
    }

    /**
     * Both branches order by the same rule; only the learn branch's dead letters are kept, so that
     * a bad record is reported once. Live predictions do not wait to be ordered.
     */
    private static SingleOutputStreamOperator<TextRecord> order(
            DataStream<TextRecord> texts, String branch, TextSettings settings) {
        SingleOutputStreamOperator<TextRecord> ordered =
                texts.keyBy(text -> 0, Types.INT)
                        .process(
                                new OrderFunction(
                                        settings.allowedDisorderMillis(),
                                        settings.idleTimeoutMillis(),
                                        DEAD_LETTERS),
                                Types.POJO(TextRecord.class));
        return name(ordered, "order to " + branch, settings.learner()).setParallelism(1);
    }

    private static <T> SingleOutputStreamOperator<T> name(
            SingleOutputStreamOperator<T> operator, String step, LearnerSetup setup) {
        return operator.name(step + " (" + setup.modelName() + ")")
                .uid(setup.modelName() + "-" + step.replace(' ', '-'))
                .setMaxParallelism(MAX_PARALLELISM);
    }
}

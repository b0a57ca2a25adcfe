package freshet.pipelines;

import freshet.operators.CutRoundsFunction;
import freshet.operators.EncodeFunction;
import freshet.operators.EncodedText;
import freshet.operators.MemoryOperator;
import freshet.operators.MemoryRequest;
import freshet.operators.MemoryRequestsFunction;
import freshet.operators.MixFunction;
import freshet.operators.ModelRecord;
import freshet.operators.ModelVersion;
import freshet.operators.OutRecord;
import freshet.operators.RoundConfig;
import freshet.operators.RoundItem;
import freshet.operators.RoundLearnFunction;
import freshet.operators.SequenceFunction;
import freshet.operators.SequencedText;
import freshet.operators.ShardAnswer;
import freshet.operators.ShareLog;
import freshet.operators.TextRecord;
import freshet.operators.TextSetup;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;

/**
 * The text pipeline as two branches that meet only in the models stream. Takes streams and returns
 * streams; knows no topic and no cluster.
 *
 * <pre>
 * texts, commands → order → drop repeats → learn → chunk models → models
 * texts → (order) → sequence → encode → remember (virtual shards) → mix → predictions
 * models → assemble models → (keep newest) ──┘
 * </pre>
 */
public final class TextPipeline {

    private TextPipeline() {}

    /** texts, commands → order by event time → drop repeats → batch and LEARN → chunk models. */
    public static Learned learn(
            DataStream<TextRecord> texts, Commands<TextRecord> commands, TextSettings settings) {
        SingleOutputStreamOperator<TextRecord> ordered =
                Branches.order(commands.among(texts), "learn", settings);
        SingleOutputStreamOperator<TextRecord> once =
                Branches.dropRepeats(ordered, "learn", Branches.DEAD_LETTERS, settings);
        SingleOutputStreamOperator<ModelVersion> versions =
                Branches.learn(once, commands.settings(), settings);
        return Branches.learned(versions, settings, ordered, once);
    }

    /**
     * One model learned by several workers: texts → order by event time → drop repeats → batch and
     * cut rounds → (to the source's worker) LEARN → chunk models.
     *
     * @param log in which the workers leave their shares
     */
    public static Learned learnInRounds(
            DataStream<TextRecord> texts,
            RoundConfig rounds,
            ShareLog.Factory log,
            TextSettings settings) {
        TextSetup setup = settings.learner();
        SingleOutputStreamOperator<TextRecord> ordered = Branches.order(texts, "learn", settings);
        SingleOutputStreamOperator<TextRecord> once =
                Branches.dropRepeats(ordered, "learn", Branches.DEAD_LETTERS, settings);
        SingleOutputStreamOperator<RoundItem> items =
                Branches.keyedInPlace(once)
                        .process(
                                new CutRoundsFunction(setup, rounds, log),
                                Types.POJO(RoundItem.class))
                        // All wait for the last one to hear that a round has ended.
                        .setBufferTimeout(0);
        Branches.name(items, "cut rounds", setup).setParallelism(1);
        SingleOutputStreamOperator<ModelVersion> versions =
                items.partitionCustom((worker, subtasks) -> worker, item -> item.worker)
                        .process(
                                new RoundLearnFunction(
                                        setup,
                                        rounds,
                                        log,
                                        Branches.TELEMETRY,
                                        Branches.DEAD_LETTERS),
                                Types.POJO(ModelVersion.class));
        Branches.name(versions, "learn in rounds", setup).setParallelism(rounds.workers());
        return Branches.learned(versions, settings, ordered, once);
    }

    /** texts → order or arrival → sequence → encode → remember → mix. */
    public static Predicted predict(
            DataStream<TextRecord> texts,
            DataStream<ModelRecord> modelRecords,
            TextSettings settings) {
        return predict(texts, modelRecords, ServedOrders.none(), settings);
    }

    /** The same with orders to predictors. */
    public static Predicted predict(
            DataStream<TextRecord> texts,
            DataStream<ModelRecord> modelRecords,
            ServedOrders orders,
            TextSettings settings) {
        TextSetup setup = settings.learner();
        int parallelism = settings.predictParallelism();

        Branches.Versions versions = Branches.versions(modelRecords, settings);
        boolean evaluation = settings.serving().evaluation();
        SingleOutputStreamOperator<SequencedText> sequenced =
                (evaluation ? Branches.order(texts, "predict", settings) : texts)
                        .process(
                                new SequenceFunction(
                                        setup::newTokenizer,
                                        setup.model().window(),
                                        setup.maxSources()),
                                Types.POJO(SequencedText.class));
        Branches.name(sequenced, "sequence", setup).setParallelism(1);

        SingleOutputStreamOperator<EncodedText> encoded =
                sequenced
                        .rebalance()
                        .connect(orders.among(versions.taken()).broadcast(EncodeFunction.VERSIONS))
                        .process(
                                new EncodeFunction(setup, settings.serving(), orders.log()),
                                Types.POJO(EncodedText.class));
        Branches.name(encoded, "encode", setup)
                .setParallelism(Branches.servingParallelism(settings));

        SingleOutputStreamOperator<MemoryRequest> requests =
                encoded.flatMap(
                                new MemoryRequestsFunction(
                                        settings.memory().shards(), Branches.MAX_PARALLELISM))
                        .returns(Types.POJO(MemoryRequest.class));
        Branches.name(requests, "ask every shard", setup).setParallelism(parallelism);

        SingleOutputStreamOperator<ShardAnswer> answers =
                requests.keyBy(request -> request.shardKey, Types.INT)
                        .transform(
                                "remember",
                                Types.POJO(ShardAnswer.class),
                                new MemoryOperator(setup, settings.memory()));
        Branches.name(answers, "remember", setup).setParallelism(parallelism);

        SingleOutputStreamOperator<OutRecord> predictions =
                encoded.global()
                        .connect(answers.global())
                        .process(
                                new MixFunction(
                                        setup,
                                        settings.memory(),
                                        settings.serving(),
                                        Branches.TELEMETRY),
                                Branches.OUT);
        Branches.name(predictions, "mix", setup).setParallelism(1);

        return new Predicted(
                predictions,
                Branches.withTrials(
                        predictions.getSideOutput(Branches.TELEMETRY), encoded, settings),
                versions.refused());
    }
}

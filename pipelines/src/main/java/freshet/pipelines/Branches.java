package freshet.pipelines;

import freshet.operators.AssembleModelsFunction;
import freshet.operators.ControlSettings;
import freshet.operators.DropRepeatsFunction;
import freshet.operators.InRecord;
import freshet.operators.LearnFunction;
import freshet.operators.LearnerSetup;
import freshet.operators.ModelChunksFunction;
import freshet.operators.ModelRecord;
import freshet.operators.ModelVersion;
import freshet.operators.NewestVersionOperator;
import freshet.operators.OrderFunction;
import freshet.operators.OutRecord;
import freshet.operators.ServingFunction;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.DataStreamUtils;
import org.apache.flink.streaming.api.datastream.KeyedStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.util.OutputTag;

/** The steps that the pipelines of all kinds of models share. */
final class Branches {

    static final TypeInformation<OutRecord> OUT = Types.POJO(OutRecord.class);
    static final OutputTag<OutRecord> TELEMETRY = new OutputTag<>("telemetry", OUT);
    static final OutputTag<OutRecord> COMMANDS = new OutputTag<>("commands", OUT);
    static final OutputTag<OutRecord> DEAD_LETTERS = new OutputTag<>("dead-letters", OUT);

    /** Key groups: fixed for ever, because state is spread over them. */
    static final int MAX_PARALLELISM = 128;

    private Branches() {}

    /**
     * Both branches order by the same rule; only the learn branch's dead letters are kept, so that
     * a bad record is reported once. Live predictions do not wait to be ordered.
     */
    static <R extends InRecord> SingleOutputStreamOperator<R> order(
            DataStream<R> records, String branch, ModelSettings<R, ?> settings) {
        Class<R> type = settings.decoder().type();
        SingleOutputStreamOperator<R> ordered =
                records.keyBy(record -> 0, Types.INT)
                        .process(
                                new OrderFunction<>(
                                        type,
                                        settings.allowedDisorderMillis(),
                                        settings.idleTimeoutMillis(),
                                        DEAD_LETTERS),
                                Types.POJO(type));
        return name(ordered, "order to " + branch, settings.learner()).setParallelism(1);
    }

    /**
     * Records in order → each once.
     *
     * @param deadLetters where repeats go; null: they are only counted
     */
    static <R extends InRecord> SingleOutputStreamOperator<R> dropRepeats(
            DataStream<R> records,
            String branch,
            OutputTag<OutRecord> deadLetters,
            ModelSettings<R, ?> settings) {
        SingleOutputStreamOperator<R> once =
                records.process(
                        new DropRepeatsFunction<>(settings.learner().maxSources(), deadLetters),
                        Types.POJO(settings.decoder().type()));
        return name(once, "drop repeats to " + branch, settings.learner()).setParallelism(1);
    }

    /** Ordered records with commands among them → batch and LEARN. */
    static <R extends InRecord, B> SingleOutputStreamOperator<ModelVersion> learn(
            DataStream<R> ordered, ControlSettings control, ModelSettings<R, B> settings) {
        SingleOutputStreamOperator<ModelVersion> versions =
                keyedInPlace(ordered)
                        .process(
                                new LearnFunction<>(
                                        settings.learner(),
                                        control,
                                        settings.paceEverySteps(),
                                        TELEMETRY,
                                        DEAD_LETTERS),
                                Types.POJO(ModelVersion.class));
        return name(versions, "learn", settings.learner()).setParallelism(1);
    }

    /**
     * Keyed by a constant in the task where the records are: between two steps at parallelism 1
     * there is nothing to send.
     */
    static <R> KeyedStream<R, Integer> keyedInPlace(DataStream<R> records) {
        return DataStreamUtils.reinterpretAsKeyedStream(records, record -> 0, Types.INT);
    }

    /**
     * What a learn branch gives.
     *
     * @param first step that its records came through, and those after it, whose dead letters are
     *     its own
     */
    static Learned learned(
            SingleOutputStreamOperator<ModelVersion> versions,
            ModelSettings<?, ?> settings,
            SingleOutputStreamOperator<?> first,
            SingleOutputStreamOperator<?>... next) {
        SingleOutputStreamOperator<OutRecord> models = chunks(versions, settings);
        DataStream<OutRecord> deadLetters = first.getSideOutput(DEAD_LETTERS);
        for (SingleOutputStreamOperator<?> step : next) {
            deadLetters = deadLetters.union(step.getSideOutput(DEAD_LETTERS));
        }
        return new Learned(
                models,
                versions.getSideOutput(TELEMETRY),
                deadLetters.union(versions.getSideOutput(DEAD_LETTERS)));
    }

    /** Versions → chunks and manifests. */
    private static SingleOutputStreamOperator<OutRecord> chunks(
            DataStream<ModelVersion> versions, ModelSettings<?, ?> settings) {
        SingleOutputStreamOperator<OutRecord> models =
                versions.flatMap(new ModelChunksFunction(settings.chunkBytes())).returns(OUT);
        return name(models, "chunk models", settings.learner()).setParallelism(1);
    }

    /** Versions as a predictor takes them, and what was refused of them. */
    record Versions(DataStream<ModelVersion> taken, DataStream<OutRecord> refused) {}

    /** Chunks and manifests → whole versions → (live) the newest of those that wait. */
    static Versions versions(DataStream<ModelRecord> records, ModelSettings<?, ?> settings) {
        LearnerSetup<?, ?> setup = settings.learner();
        SingleOutputStreamOperator<ModelVersion> all =
                records.process(
                        new AssembleModelsFunction(setup, DEAD_LETTERS),
                        Types.POJO(ModelVersion.class));
        name(all, "assemble models", setup).setParallelism(1);
        DataStream<OutRecord> refused = all.getSideOutput(DEAD_LETTERS);
        if (settings.serving().evaluation()) {
            return new Versions(all, refused); // evaluation needs every version
        }
        SingleOutputStreamOperator<ModelVersion> newest =
                all.transform(
                        "keep newest",
                        Types.POJO(ModelVersion.class),
                        new NewestVersionOperator(settings.serving()));
        return new Versions(name(newest, "keep newest", setup).setParallelism(1), refused);
    }

    /** A step that chooses the version: one subtask where trials need all scores in one place. */
    static int servingParallelism(ModelSettings<?, ?> settings) {
        return settings.serving().trial().enabled() ? 1 : settings.predictParallelism();
    }

    /** With what came of trials, if there are any. */
    static DataStream<OutRecord> withTrials(
            DataStream<OutRecord> telemetry,
            SingleOutputStreamOperator<?> answers,
            ModelSettings<?, ?> settings) {
        return settings.serving().trial().enabled()
                ? telemetry.union(answers.getSideOutput(ServingFunction.TRIALS))
                : telemetry;
    }

    static <T> SingleOutputStreamOperator<T> name(
            SingleOutputStreamOperator<T> operator, String step, LearnerSetup<?, ?> setup) {
        return operator.name(step + " (" + setup.modelName() + ")")
                .uid(setup.modelName() + "-" + step.replace(' ', '-'))
                .setMaxParallelism(MAX_PARALLELISM);
    }
}

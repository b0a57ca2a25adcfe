package freshet.jobs;

import freshet.jobs.models.WarmStarts;
import freshet.learners.DepthBlend;
import freshet.operators.InRecord;
import freshet.operators.LearnerSetup;
import freshet.operators.OutRecord;
import freshet.operators.RoundConfig;
import freshet.operators.WarmStart;
import freshet.pipelines.BlendOptions;
import freshet.pipelines.Commands;
import freshet.pipelines.FreshetOptions;
import freshet.pipelines.ImageOptions;
import freshet.pipelines.ImagePipeline;
import freshet.pipelines.ImageSettings;
import freshet.pipelines.KafkaEndpoints;
import freshet.pipelines.Learned;
import freshet.pipelines.ManyOptions;
import freshet.pipelines.ManyPipeline;
import freshet.pipelines.ManySettings;
import freshet.pipelines.ModelSettings;
import freshet.pipelines.Predicted;
import freshet.pipelines.RobotOptions;
import freshet.pipelines.RobotPipeline;
import freshet.pipelines.RobotSettings;
import freshet.pipelines.RoundOptions;
import freshet.pipelines.ServedOrders;
import freshet.pipelines.StabilityOptions;
import freshet.pipelines.StabilityPipeline;
import freshet.pipelines.StabilitySettings;
import freshet.pipelines.TextPipeline;
import freshet.pipelines.TextSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The pipeline that the settings choose, between its topics, for every model that they name. Each
 * model and branch reads the observations through a source and a group of its own, so that none
 * waits for another.
 */
public final class StreamJob {

    /** What one job runs: all branches, or one of them. */
    public enum Branches {
        /** Learn, serve and watch. */
        BOTH,
        LEARN,
        SERVE,
        /** Judges the telemetry of the others, which may run anywhere. */
        WATCH;

        private boolean with(Branches one) {
            return this == one || this == BOTH;
        }
    }

    private final StreamExecutionEnvironment env;
    private final KafkaEndpoints kafka;
    private final Branches branches;
    private final int versionsKept;
    private final DepthBlend.Config blend;
    private final RoundConfig rounds;

    private StreamJob(StreamExecutionEnvironment env, Configuration config, Branches branches) {
        this.env = env;
        this.kafka = new KafkaEndpoints(FreshetOptions.kafka(config));
        this.branches = branches;
        this.versionsKept = FreshetOptions.versionsKept(config);
        this.blend = BlendOptions.read(config);
        this.rounds = RoundOptions.rounds(config);
    }

    /**
     * Adds the pipeline to {@code env}.
     *
     * @throws IllegalArgumentException naming the option that is out of range
     * @throws CommandFailure if the weights to start from are not there or do not fit
     */
    public static void build(
            StreamExecutionEnvironment env, Configuration config, Branches branches) {
        var job = new StreamJob(env, config, branches);
        switch (config.get(FreshetOptions.PIPELINE)) {
            case TEXT -> {
                if (config.get(ManyOptions.ENABLED)) {
                    job.addMany(ManyOptions.many(config));
                } else {
                    job.add(
                            started(
                                    FreshetOptions.texts(config),
                                    TextSettings::startingFrom,
                                    config),
                            job::learn,
                            job::predict);
                }
            }
            case IMAGES ->
                    job.add(
                            started(
                                    ImageOptions.images(config),
                                    ImageSettings::startingFrom,
                                    config),
                            job::learn,
                            job::predict);
            case ROBOTS ->
                    job.add(
                            started(
                                    RobotOptions.robots(config),
                                    RobotSettings::startingFrom,
                                    config),
                            job::learn,
                            job::predict);
        }
        StabilitySettings watch = StabilityOptions.stability(config);
        if (branches.with(Branches.WATCH) && watch.enabled()) {
            job.watch(watch);
        }
    }

    /** With the weights that their learners are to begin with. */
    private static <S extends ModelSettings<?, ?>> List<S> started(
            List<S> models, BiFunction<S, WarmStart, S> with, Configuration config) {
        List<S> started = new ArrayList<>();
        for (S model : models) {
            LearnerSetup<?, ?> setup = model.learner();
            started.add(
                    WarmStarts.of(config, setup.modelName(), setup.published())
                            .map(start -> with.apply(model, start))
                            .orElse(model));
        }
        return started;
    }

    private <S> void add(
            List<S> models, Function<S, Learned> learn, Function<S, Predicted> predict) {
        if (branches.with(Branches.LEARN)) {
            write(models.stream().map(learn).toList());
        }
        if (branches.with(Branches.SERVE)) {
            writeAnswers(models.stream().map(predict).toList());
        }
    }

    /** One branch: the learners answer as well. */
    private void addMany(ManySettings many) {
        if (branches == Branches.SERVE) {
            throw new CommandFailure(
                    "%s: texts are answered where they are learned, take --branches learn"
                            .formatted(ManyOptions.ENABLED.key()));
        }
        if (branches.with(Branches.LEARN)) {
            ManyPipeline.Outputs outputs =
                    ManyPipeline.learn(kafka.observations(env, "learn", many.text()), many);
            write(List.of(outputs.learned()));
            kafka.writePredictions(outputs.predictions());
        }
    }

    private Learned learn(TextSettings model) {
        if (rounds.workers() > 1) {
            return TextPipeline.learnInRounds(
                    kafka.observations(env, "learn", model), rounds, kafka.shares(), model);
        }
        return TextPipeline.learn(kafka.observations(env, "learn", model), commands(model), model);
    }

    private Predicted predict(TextSettings model) {
        return TextPipeline.predict(
                kafka.observations(env, "predict", model),
                kafka.models(env, "predict", model),
                orders(model),
                model);
    }

    private ServedOrders orders(ModelSettings<?, ?> model) {
        return model.serving().trial().enabled()
                ? kafka.servedOrders(env, model)
                : ServedOrders.none();
    }

    private Learned learn(ImageSettings model) {
        return ImagePipeline.learn(
                kafka.observations(env, "learn", model),
                kafka.labels(env, "learn", model),
                commands(model),
                model);
    }

    private Predicted predict(ImageSettings model) {
        return ImagePipeline.predict(
                kafka.observations(env, "predict", model),
                kafka.labels(env, "predict", model),
                kafka.models(env, "predict", model),
                orders(model),
                model);
    }

    private Learned learn(RobotSettings model) {
        return RobotPipeline.learn(kafka.observations(env, "learn", model), commands(model), model);
    }

    private Predicted predict(RobotSettings model) {
        return RobotPipeline.predict(
                kafka.observations(env, "predict", model),
                kafka.models(env, "predict", model),
                model);
    }

    private <R extends InRecord> Commands<R> commands(ModelSettings<R, ?> model) {
        return kafka.commands(env, model, versionsKept, blend);
    }

    private void watch(StabilitySettings settings) {
        StabilityPipeline.Watched watched =
                StabilityPipeline.watch(kafka.telemetry(env, settings), settings);
        kafka.writeAlerts(watched.records());
        kafka.writeCommands(watched.commands());
        kafka.writeDeadLetters(watched.deadLetters(), "watch");
    }

    private void write(List<Learned> learned) {
        kafka.writeModels(union(learned, Learned::models));
        kafka.writeTelemetry(union(learned, Learned::telemetry), "learn");
        kafka.writeDeadLetters(union(learned, Learned::deadLetters), "learn");
    }

    private void writeAnswers(List<Predicted> predicted) {
        kafka.writePredictions(union(predicted, Predicted::predictions));
        kafka.writeTelemetry(union(predicted, Predicted::telemetry), "predict");
        kafka.writeDeadLetters(union(predicted, Predicted::deadLetters), "predict");
    }

    private static <T> DataStream<OutRecord> union(
            List<T> branches, Function<T, DataStream<OutRecord>> part) {
        return branches.stream().map(part).reduce(DataStream::union).orElseThrow();
    }
}

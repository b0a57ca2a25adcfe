package freshet.jobs;

import freshet.operators.ModelRecord;
import freshet.operators.OutRecord;
import freshet.operators.TextRecord;
import freshet.pipelines.FreshetOptions;
import freshet.pipelines.KafkaEndpoints;
import freshet.pipelines.Learned;
import freshet.pipelines.Predicted;
import freshet.pipelines.TextPipeline;
import freshet.pipelines.TextSettings;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The text pipeline between its topics, for every model that the settings name. Each model and
 * branch reads the texts through a source and a group of its own, so that none waits for another.
 */
public final class TextJob {

    /** What one job runs: both branches, or one of them. */
    public enum Branches {
        BOTH,
        LEARN,
        SERVE
    }

    private final StreamExecutionEnvironment env;
    private final KafkaEndpoints kafka;
    private final List<TextSettings> models;

    private TextJob(StreamExecutionEnvironment env, Configuration config) {
        this.env = env;
        this.kafka = new KafkaEndpoints(FreshetOptions.kafka(config));
        this.models = FreshetOptions.texts(config);
    }

    /**
     * Adds the pipeline to {@code env}.
     *
     * @throws IllegalArgumentException naming the option that is out of range
     */
    public static void build(
            StreamExecutionEnvironment env, Configuration config, Branches branches) {
        var job = new TextJob(env, config);
        if (branches != Branches.SERVE) {
            job.learn();
        }
        if (branches != Branches.LEARN) {
            job.serve();
        }
    }

    private void learn() {
        List<DataStream<OutRecord>> versions = new ArrayList<>();
        List<DataStream<OutRecord>> telemetry = new ArrayList<>();
        List<DataStream<OutRecord>> deadLetters = new ArrayList<>();
        for (TextSettings model : models) {
            DataStream<TextRecord> texts = kafka.texts(env, "learn", model);
            Learned learned = TextPipeline.learn(texts, model);
            versions.add(learned.models());
            telemetry.add(learned.telemetry());
            deadLetters.add(learned.deadLetters());
        }
        kafka.writeModels(union(versions));
        kafka.writeTelemetry(union(telemetry), "learn");
        kafka.writeDeadLetters(union(deadLetters), "learn");
    }

    private void serve() {
        List<DataStream<OutRecord>> predictions = new ArrayList<>();
        List<DataStream<OutRecord>> telemetry = new ArrayList<>();
        List<DataStream<OutRecord>> deadLetters = new ArrayList<>();
        for (TextSettings model : models) {
            DataStream<TextRecord> texts = kafka.texts(env, "predict", model);
            DataStream<ModelRecord> versions = kafka.models(env, "predict", model);
            Predicted predicted = TextPipeline.predict(texts, versions, model);
            predictions.add(predicted.predictions());
            telemetry.add(predicted.telemetry());
            deadLetters.add(predicted.deadLetters());
        }
        kafka.writePredictions(union(predictions));
        kafka.writeTelemetry(union(telemetry), "predict");
        kafka.writeDeadLetters(union(deadLetters), "predict");
    }

    private static DataStream<OutRecord> union(List<DataStream<OutRecord>> streams) {
        return streams.stream().reduce(DataStream::union).orElseThrow();
    }
}

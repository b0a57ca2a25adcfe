package freshet.jobs.graph;

import static org.assertj.core.api.Assertions.assertThat;

import freshet.jobs.StreamJob;
import freshet.pipelines.FreshetOptions;
import freshet.pipelines.TrialOptions;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;

class GraphTest {

    @Test
    void branchesMeetOnlyInTheModels() {
        JobGraph graph = graph(new Configuration());
        assertThat(graph.branches()).isEqualTo(3);
        assertThat(GraphText.meetingPlaces(graph)).containsExactly("models", "telemetry");
    }

    @Test
    void looksLikeTheDrawing() {
        List<String> lines = GraphText.lines(graph(new Configuration()));
        assertThat(lines.get(0)).contains("learn branch of model text");
        assertThat(lines)
                .anyMatch(
                        line ->
                                line.contains(
                                        "[observations.text] ─► order to learn ─┬► drop repeats to"
                                                + " learn ─┬► learn ─┬► chunk models ─► [models]"));
        assertThat(lines).anyMatch(line -> line.contains("mix ─┬► [predictions.text]"));
        assertThat(lines).anyMatch(line -> line.contains("[models] ─► assemble models"));
    }

    @Test
    void imagesAndLabelsMeetBeforeTheLearnerAndBehindTheClassifier() {
        Configuration config = new Configuration();
        config.set(FreshetOptions.PIPELINE, FreshetOptions.Pipeline.IMAGES);
        JobGraph graph = graph(config);
        String text = String.join("\n", GraphText.lines(graph));
        assertThat(text)
                .contains("[observations.image]", "[labels]", "join labels", "[predictions.image]")
                .doesNotContain("observations.text");
        assertThat(GraphText.meetingPlaces(graph)).containsExactly("models", "telemetry");
    }

    @Test
    void saysParallelismAndEveryModel() {
        Configuration config = new Configuration();
        config.set(FreshetOptions.MODELS, List.of("small", "wide"));
        config.set(FreshetOptions.PARALLELISM, 2);
        String text = String.join("\n", GraphText.lines(graph(config)));
        assertThat(text).contains("encode (small) ×2", "encode (wide) ×2", "learn (wide)");
    }

    @Test
    void whileVersionsAreTriedOneStepAnswersAndHasTheLabels() {
        Configuration config = new Configuration();
        config.set(FreshetOptions.PIPELINE, FreshetOptions.Pipeline.IMAGES);
        config.set(FreshetOptions.PARALLELISM, 2);
        assertThat(String.join("\n", GraphText.lines(graph(config))))
                .contains("classify ×2 ─┬", "write predictions ×2")
                .doesNotContain("[labels] ─┬► drop repeats to predict");
        config.set(TrialOptions.SHARE, 0.1);
        assertThat(String.join("\n", GraphText.lines(graph(config))))
                .contains("classify ─┬", "write predictions ×2")
                .contains("[labels] ─┬► drop repeats to predict");
    }

    @Test
    void pictureHasABoxForEveryStepAndTopic() throws Exception {
        JobGraph graph = graph(new Configuration());
        byte[] svg = GraphSvg.of(graph).getBytes(StandardCharsets.UTF_8);
        var document =
                DocumentBuilderFactory.newInstance()
                        .newDocumentBuilder()
                        .parse(new ByteArrayInputStream(svg));
        // One more for the white ground.
        assertThat(document.getElementsByTagName("rect").getLength())
                .isEqualTo(graph.steps().size() + graph.topics().size() + 1);
    }

    private static JobGraph graph(Configuration config) {
        config.set(FreshetOptions.BOOTSTRAP_SERVERS, "localhost:1");
        var env = StreamExecutionEnvironment.createLocalEnvironment(1, config);
        StreamJob.build(env, config, StreamJob.Branches.BOTH);
        return JobGraph.of(env.getStreamGraph(), FreshetOptions.kafka(config));
    }
}

package freshet.benchmarks.peers;

import com.fasterxml.jackson.databind.JsonNode;
import freshet.benchmarks.pipeline.PipelineRun;
import freshet.benchmarks.pipeline.TextWorkload;
import freshet.benchmarks.pipeline.Workload;
import freshet.jobs.TopicReader;
import freshet.pipelines.FreshetOptions;
import freshet.schemas.AvroCodec;
import freshet.schemas.TextPrediction;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The text pipeline beside the loop in Python that one would write instead. */
@Command(
        name = "peer-text",
        mixinStandardHelpOptions = true,
        description = {
            "Texts a second, latency and bits a byte of the text pipeline and of"
                    + " benchmarks/peers/text_loop.py: the same model and recipe in PyTorch, which"
                    + " consumes, predicts, trains and produces in one loop, without memory,"
                    + " telemetry and recovery.",
            "Needs what benchmarks/peers/README.md lists."
        })
public final class PeerTextBenchmark implements Callable<Integer>, PeerTask {

    private static final String VOCABULARY =
            "learners/src/main/resources/freshet/learners/language/vocabulary-2048.txt";

    @Option(names = "--books", split = ",", description = "Books of the corpus, or text files.")
    private List<String> books = List.of("austen-sense");

    @Option(names = "--bytes", description = "Of each run; default ${DEFAULT-VALUE}.")
    private long bytes = 100_000;

    @Option(names = "--pace", description = "Texts a second; default ${DEFAULT-VALUE}.")
    private double pace = 2;

    @Mixin private PeerContest contest = new PeerContest();

    private final AvroCodec<TextPrediction> predictions = AvroCodec.of(TextPrediction.class);
    private TextWorkload workload;

    @Override
    public Integer call() throws IOException {
        workload = new TextWorkload(books, bytes);
        return contest.run(this, pace);
    }

    @Override
    public Workload workload() {
        return workload;
    }

    @Override
    public String script() {
        return "text_loop.py";
    }

    @Override
    public List<String> arguments(PipelineRun run) {
        return List.of("--vocabulary", VOCABULARY);
    }

    @Override
    public List<String> topics(PipelineRun run) {
        return List.of(run.textTopic());
    }

    @Override
    public int number(ConsumerRecord<byte[], byte[]> answer, Side side) {
        return side == Side.FRESHET
                ? Math.toIntExact(PipelineRun.decode(predictions, answer).getSequence())
                : LoopAnswers.read(answer).get("sequence").asInt();
    }

    @Override
    public String scoreColumns() {
        return "bits/byte, language model | bits/byte, served";
    }

    @Override
    public List<String> scores(PipelineRun run, Side side, int records) {
        long all = 0;
        for (int i = 0; i < records; i++) {
            all += workload.bytes(i).length;
        }
        double[] bits = {0, 0}; // language model, all that answers
        new TopicReader(run.kafka(), FreshetOptions.predictionsTopic(run.config()))
                .toTheEnd(
                        answer -> {
                            if (side == Side.FRESHET) {
                                TextPrediction one = PipelineRun.decode(predictions, answer);
                                bits[0] += one.getBitsModel();
                                bits[1] += one.getBitsAll();
                            } else {
                                JsonNode one = LoopAnswers.read(answer);
                                bits[0] += one.get("bits").asDouble();
                                bits[1] = bits[0];
                            }
                            return true;
                        });
        return List.of("%.4f".formatted(bits[0] / all), "%.4f".formatted(bits[1] / all));
    }
}

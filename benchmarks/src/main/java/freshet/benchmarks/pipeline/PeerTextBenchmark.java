package freshet.benchmarks.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import freshet.benchmarks.Machine;
import freshet.benchmarks.Spread;
import freshet.benchmarks.text.TextStream;
import freshet.jobs.EmbeddedKafka;
import freshet.jobs.KafkaAccess;
import freshet.jobs.StreamJob;
import freshet.jobs.TopicReader;
import freshet.pipelines.FreshetOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.NewTopic;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The text pipeline beside the loop in Python that one would write instead, on the same topic and
 * broker, turn and turn about.
 */
@Command(
        name = "peer-text",
        mixinStandardHelpOptions = true,
        description = {
            "Texts a second and bits a byte of the text pipeline and of benchmarks/peers/text_loop.py:"
                    + " the same model and recipe in PyTorch, which consumes, predicts, trains and"
                    + " produces in one loop, without memory, telemetry and recovery.",
            "Needs Debian's python3-torch, python3-confluent-kafka and libopenblas0-pthread (with the"
                    + " reference BLAS PyTorch takes several times as long)."
        })
public final class PeerTextBenchmark implements Callable<Integer> {

    private static final String SOURCE = "book";
    private static final String PEER = "benchmarks/peers/text_loop.py";
    private static final String VOCABULARY =
            "learners/src/main/resources/freshet/learners/language/vocabulary-2048.txt";
    private static final long FIRST_EVENT_TIME = 1_000_000;

    @Option(names = "--books", split = ",", description = "Books of the corpus, or text files.")
    private List<String> books = List.of("austen-sense");

    @Option(names = "--bytes", description = "Of each run; default ${DEFAULT-VALUE}.")
    private long bytes = 300_000;

    @Option(names = "--rounds", description = "After one to warm up; default ${DEFAULT-VALUE}.")
    private int rounds = 3;

    @Option(names = "--python", description = "Default ${DEFAULT-VALUE}.")
    private String python = "/usr/bin/python3";

    @Option(
            names = "--python-threads",
            split = ",",
            description = "Of PyTorch, a run each; default ${DEFAULT-VALUE}.")
    private List<Integer> pythonThreads = List.of(1);

    private final Path folder;
    private TextStream stream;

    public PeerTextBenchmark() throws IOException {
        folder = Files.createTempDirectory("freshet-peer");
    }

    /**
     * What one run came to.
     *
     * @param model bits a byte under the language model alone
     * @param served bits a byte of all that answers
     */
    private record Result(double textsPerSecond, double model, double served) {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        stream = TextStream.of(books, 1024, bytes);
        System.out.println(Machine.line());
        System.out.printf(
                "%d bytes in %d texts, one partition; from the first answer that is written to the"
                        + " last%n%n",
                stream.bytes().length, stream.texts().size());
        System.out.println(
                "| round | runs | texts/s | bits/byte, language model | bits/byte, served |");
        System.out.println("|---|---|---|---|---|");
        double[][] ratios = new double[pythonThreads.size()][rounds];
        try (EmbeddedKafka kafka = EmbeddedKafka.start(folder.resolve("kafka"))) {
            for (int round = 0; round <= rounds; round++) {
                Result own = own(kafka, "own" + round);
                print(round, "Freshet", own);
                for (int i = 0; i < pythonThreads.size(); i++) {
                    int threads = pythonThreads.get(i);
                    Result peer = peer(kafka, "peer" + round + "-" + threads, threads);
                    print(round, "PyTorch, threads: " + threads, peer);
                    if (round > 0) {
                        ratios[i][round - 1] = own.textsPerSecond() / peer.textsPerSecond();
                    }
                }
            }
        }
        for (int i = 0; i < ratios.length; i++) {
            System.out.printf(
                    "%nFreshet over PyTorch with threads: %d: %.2f (%.2f to %.2f)%n",
                    pythonThreads.get(i),
                    Spread.median(ratios[i]),
                    Arrays.stream(ratios[i]).min().orElseThrow(),
                    Arrays.stream(ratios[i]).max().orElseThrow());
        }
        return 0;
    }

    private static void print(int round, String what, Result result) {
        System.out.printf(
                "| %s | %s | %.2f | %.4f | %.4f |%n",
                round == 0 ? "warm-up" : String.valueOf(round),
                what,
                result.textsPerSecond(),
                result.model(),
                result.served());
    }

    private Result own(EmbeddedKafka kafka, String name) {
        try (var run =
                new PipelineRun(
                        kafka, name, folder, Map.of(FreshetOptions.BOUNDED.key(), "true"))) {
            stream.publish(run.kafka(), run.textTopic(), SOURCE, FIRST_EVENT_TIME);
            run.start(StreamJob.Branches.BOTH);
            List<PipelineRun.Served> served = run.predictions(stream.texts().size());
            PipelineRun.Learned learned = run.learned();
            double model = 0;
            double all = 0;
            for (PipelineRun.Served one : served) {
                model += one.prediction().getBitsModel();
                all += one.prediction().getBitsAll();
            }
            long first = served.get(0).writtenMillis();
            long last =
                    Math.max(served.get(served.size() - 1).writtenMillis(), learned.lastMillis());
            return result(first, last, model, all);
        }
    }

    private Result result(long firstMillis, long lastMillis, double model, double served) {
        return new Result(
                (stream.texts().size() - 1) * 1000.0 / (lastMillis - firstMillis),
                model / stream.bytes().length,
                served / stream.bytes().length);
    }

    private Result peer(EmbeddedKafka broker, String name, int threads)
            throws IOException, InterruptedException {
        var kafka = new KafkaAccess(broker.bootstrapServers(), Map.of());
        String texts = name + ".texts";
        String predictions = name + ".predictions";
        kafka.createTopics(
                List.of(
                        new NewTopic(texts, 1, (short) 1),
                        new NewTopic(predictions, 1, (short) 1)));
        stream.publish(kafka, texts, SOURCE, FIRST_EVENT_TIME);
        var command =
                new ProcessBuilder(
                        python,
                        PEER,
                        "--bootstrap-servers",
                        broker.bootstrapServers(),
                        "--texts",
                        texts,
                        "--predictions",
                        predictions,
                        "--vocabulary",
                        VOCABULARY,
                        "--records",
                        String.valueOf(stream.texts().size()),
                        "--threads",
                        String.valueOf(threads));
        // A second pool that spins beside PyTorch's makes it many times slower.
        command.environment().put("OPENBLAS_NUM_THREADS", String.valueOf(threads));
        command.environment().put("OMP_NUM_THREADS", String.valueOf(threads));
        Process process = command.inheritIO().start();
        if (!process.waitFor(1, TimeUnit.HOURS) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new IllegalStateException(PEER + " failed, see above");
        }
        var json = new ObjectMapper();
        List<Long> written = new ArrayList<>();
        double[] bits = {0};
        new TopicReader(kafka, predictions)
                .toTheEnd(
                        record -> {
                            JsonNode answer = read(json, record.value());
                            bits[0] += answer.get("bits").asDouble();
                            written.add(record.timestamp());
                            return true;
                        });
        if (written.size() != stream.texts().size()) {
            throw new IllegalStateException(
                    "%s answered %d of %d texts"
                            .formatted(PEER, written.size(), stream.texts().size()));
        }
        return result(written.get(0), written.get(written.size() - 1), bits[0], bits[0]);
    }

    private static JsonNode read(ObjectMapper json, byte[] value) {
        try {
            return json.readTree(value);
        } catch (IOException e) {
            throw new IllegalStateException(PEER + " wrote what is no JSON", e);
        }
    }
}

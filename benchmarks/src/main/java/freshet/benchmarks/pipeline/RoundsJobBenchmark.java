package freshet.benchmarks.pipeline;

import freshet.benchmarks.Machine;
import freshet.benchmarks.Table;
import freshet.benchmarks.text.TextStream;
import freshet.jobs.EmbeddedKafka;
import freshet.jobs.StreamJob;
import freshet.jobs.commands.TextPublisher;
import freshet.schemas.TextPrediction;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.apache.flink.util.FileUtils;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** One text model learned by several workers of a job on a real Kafka, and served. */
@Command(
        name = "rounds-job",
        mixinStandardHelpOptions = true,
        description = "Learns the same texts by 1, 2 and more workers of a Flink job.")
public final class RoundsJobBenchmark implements Callable<Integer> {

    private static final int RECORD_BYTES = 1024;

    @Option(names = "--workers", split = ",", description = "K; default ${DEFAULT-VALUE}.")
    private List<Integer> workers = List.of(1, 2);

    @Option(
            names = "--round-updates",
            description = "Of all workers between two versions; default ${DEFAULT-VALUE}.")
    private int roundUpdates = 16;

    @Option(names = "--bytes", description = "Of text, in all; default ${DEFAULT-VALUE}.")
    private int bytes = 120_000;

    @Option(names = "--sources", description = "In turn; default ${DEFAULT-VALUE}.")
    private int sources = 8;

    @Option(names = "--width", description = "Of the model; default ${DEFAULT-VALUE}.")
    private int width = 64;

    @Override
    public Integer call() throws Exception {
        System.out.println(Machine.line());
        System.out.printf(
                "%d bytes in %d sources, a version every %d updates, width %d; served in evaluation"
                        + " mode; seconds are processor time of the slowest task that learns%n%n",
                bytes, sources, roundUpdates, width);
        Path folder = Files.createTempDirectory("rounds-job");
        try (EmbeddedKafka broker = EmbeddedKafka.start(folder.resolve("kafka"))) {
            run(broker, folder, "warm-up", 1, bytes / 8);
            Table table =
                    Table.start(
                            "rounds-job",
                            "| K | S | bits/byte, transformer | bits/byte, served | learner, s |");
            for (int count : workers) {
                Result result = run(broker, folder, "workers-" + count, count, bytes);
                table.row(
                        "| %d | %s | %.3f | %.3f | %.1f |",
                        count,
                        count == 1 ? "" : String.valueOf(roundUpdates / count),
                        result.bitsModel / bytes,
                        result.bitsAll / bytes,
                        result.seconds);
            }
        } finally {
            FileUtils.deleteDirectory(folder.toFile());
        }
        return 0;
    }

    /** What a run came to; bits are totals of all texts. */
    private record Result(double bitsModel, double bitsAll, double seconds) {}

    private Result run(EmbeddedKafka broker, Path folder, String name, int count, int length)
            throws Exception {
        Map<String, String> settings = new TreeMap<>();
        settings.put("kafka.bounded", "true");
        settings.put("model.width", String.valueOf(width));
        settings.put("learning.publish-every-updates", String.valueOf(roundUpdates));
        settings.put("rounds.workers", String.valueOf(count));
        settings.put("rounds.batches", String.valueOf(Math.max(1, roundUpdates / count)));
        settings.put("kafka.topics.rounds", name + ".rounds");
        settings.put("probe.windows", "0");
        settings.put("telemetry.enabled", "false");
        settings.put("stability.enabled", "false");
        settings.put("serve.mode", "evaluation");
        settings.put("serve.explain-every", "0");
        try (var job = new PipelineRun(broker, name, folder, settings)) {
            int texts = publish(job, length);
            double seconds;
            try (var times = new ThreadTimes()) {
                job.start(StreamJob.Branches.LEARN);
                job.awaitEnd();
                seconds = times.mostSeconds(RoundsJobBenchmark::learns);
            }
            job.start(StreamJob.Branches.SERVE);
            double bitsModel = 0;
            double bitsAll = 0;
            for (PipelineRun.Served served : job.predictions(texts)) {
                TextPrediction one = served.prediction();
                bitsModel += one.getBitsModel();
                bitsAll += one.getBitsAll();
            }
            return new Result(bitsModel, bitsAll, seconds);
        }
    }

    /** Pieces of the books, as long as each other, each a source; they speak in turn. */
    private int publish(PipelineRun job, int length) throws Exception {
        List<TextStream.Text> all = TextStream.of(TextStream.BOOKS, RECORD_BYTES, length).texts();
        List<TextPublisher> publishers = new ArrayList<>();
        for (int i = 0; i < sources; i++) {
            publishers.add(new TextPublisher(job.kafka(), job.textTopic(), "source-" + i, 0));
        }
        int each = (all.size() + sources - 1) / sources;
        for (int place = 0; place < each; place++) {
            for (int source = 0; source < sources; source++) {
                int at = source * each + place;
                if (at < all.size()) {
                    long eventTime = 1_000_000L + (long) place * sources + source;
                    publishers.get(source).send(all.get(at).bytes(), eventTime);
                    publishers.get(source).flush();
                }
            }
        }
        publishers.forEach(TextPublisher::close);
        return all.size();
    }

    private static boolean learns(String task) {
        return task.contains("learn in rounds (") || task.contains("> learn (");
    }
}

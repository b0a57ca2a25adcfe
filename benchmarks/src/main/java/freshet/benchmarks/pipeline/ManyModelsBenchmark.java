package freshet.benchmarks.pipeline;

import com.sun.management.OperatingSystemMXBean;
import freshet.benchmarks.Machine;
import freshet.benchmarks.Table;
import freshet.benchmarks.text.TextStream;
import freshet.learners.tensor.CounterRandom;
import freshet.operators.TextRecord;
import freshet.pipelines.FreshetOptions;
import freshet.pipelines.ManyOptions;
import freshet.pipelines.ManyPipeline;
import freshet.pipelines.ManySettings;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.util.FileUtils;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What it costs that one job learns many small models: records a second, and memory. */
@Command(
        name = "many-models",
        mixinStandardHelpOptions = true,
        description = "Learns the same texts by 1, 10, 100 and 300 models in one Flink job.")
public final class ManyModelsBenchmark implements Callable<Integer> {

    private static final int RECORD_BYTES = 1024;
    private static final long CHECKPOINT_MILLIS = 10_000;

    @Option(names = "--models", split = ",", description = "How many; default ${DEFAULT-VALUE}.")
    private List<Integer> models = List.of(1, 10, 100, 300);

    @Option(names = "--texts", description = "Of 1 KB, in all; default ${DEFAULT-VALUE}.")
    private int texts = 600;

    @Option(names = "--width", description = "Of each model; default ${DEFAULT-VALUE}.")
    private int width = 32;

    @Option(names = "--live", description = "Learners in memory; default ${DEFAULT-VALUE}.")
    private int live = 64;

    @Option(names = "--no-answers", description = "Learn only.")
    private boolean noAnswers;

    @Override
    public Integer call() throws Exception {
        System.out.println(Machine.line());
        System.out.printf(
                "%d texts of up to %d bytes, drawn among the models, a checkpoint every 10 s; width %d, %d live, answers %s%n%n",
                texts, RECORD_BYTES, width, live, !noAnswers);
        learn(1, Math.min(40, texts)); // warms up
        Table table =
                Table.start(
                        "many-models",
                        "| models | texts/s | texts a second of processor | resident, MB |");
        for (int count : models) {
            var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
            long processor = system.getProcessCpuTime();
            long start = System.nanoTime();
            learn(count, texts);
            double seconds = (System.nanoTime() - start) / 1e9;
            double used = (system.getProcessCpuTime() - processor) / 1e9;
            table.row(
                    "| %d | %.1f | %.1f | %,d |",
                    count,
                    texts / seconds,
                    texts / used,
                    Machine.memoryKib(ProcessHandle.current().pid(), "VmRSS") / 1024);
        }
        return 0;
    }

    private void learn(int count, int records) throws Exception {
        var config = new Configuration();
        config.set(FreshetOptions.WIDTH, width);
        config.set(FreshetOptions.TELEMETRY, false);
        config.set(FreshetOptions.PROBE_WINDOWS, 0);
        config.set(FreshetOptions.REPLAY_TOKENS, 10_000);
        config.set(ManyOptions.LIVE_MODELS, live);
        config.set(ManyOptions.ANSWERS, !noAnswers);
        config.set(RestartStrategyOptions.RESTART_STRATEGY, "none"); // a failure is to be seen
        Path checkpoints = Files.createTempDirectory("many-models");
        config.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, checkpoints.toUri().toString());
        ManySettings settings = ManyOptions.many(config);
        var env = StreamExecutionEnvironment.createLocalEnvironment(1, config);
        env.enableCheckpointing(CHECKPOINT_MILLIS);
        ManyPipeline.Outputs outputs =
                ManyPipeline.learn(
                        env.fromData(Types.POJO(TextRecord.class), records(count, records)),
                        settings);
        outputs.learned().models().sinkTo(new DiscardingSink<>());
        outputs.learned().deadLetters().sinkTo(new DiscardingSink<>());
        outputs.predictions().sinkTo(new DiscardingSink<>());
        var unused = env.execute("many models");
        FileUtils.deleteDirectory(checkpoints.toFile());
    }

    private static TextRecord[] records(int models, int count) throws Exception {
        List<TextStream.Text> all =
                TextStream.of(TextStream.BOOKS, RECORD_BYTES, (long) count * RECORD_BYTES).texts();
        long[] next = new long[models];
        var random = new CounterRandom(1, 0, 0);
        List<TextRecord> records = new ArrayList<>();
        for (TextStream.Text text : all.subList(0, Math.min(count, all.size()))) {
            int model = (int) random.nextLong(models);
            TextRecord record = new TextRecord();
            record.topic = "texts";
            record.headerNames = new String[0];
            record.headerValues = new byte[0][];
            record.source = "tenant" + model;
            record.sequence = next[model]++;
            record.offset = text.eventTimeMillis();
            record.eventTimeMillis = text.eventTimeMillis();
            record.appendTimeMillis = text.eventTimeMillis();
            record.text = text.bytes();
            record.value = text.bytes();
            record.key = new byte[0];
            record.learn = true;
            records.add(record);
        }
        return records.toArray(TextRecord[]::new);
    }
}

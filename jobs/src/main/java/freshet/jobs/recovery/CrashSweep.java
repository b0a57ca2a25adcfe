package freshet.jobs.recovery;

import freshet.jobs.Logs;
import freshet.learners.language.BytePairTokenizer;
import freshet.learners.language.LanguageModelConfig;
import freshet.learners.language.LearningConfig;
import freshet.learners.memory.MemoryConfig;
import freshet.operators.ServingConfig;
import freshet.operators.TextDecoder;
import freshet.operators.TextRecord;
import freshet.operators.TextSetup;
import freshet.pipelines.TextSettings;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Fails a short stream's job at every record and at every barrier, and each time compares all that
 * was written - models with the learner's hash, predictions, telemetry - with an undisturbed run.
 */
public final class CrashSweep {

    private static final int REPORT_EVERY = 20;

    private final int parallelism;
    private final List<TextRecord> texts;
    private final Consumer<String> report;

    /**
     * @param records length of the stream
     * @param parallelism of the predict branch
     * @param report takes a line for each run that differs, and for progress
     */
    public CrashSweep(int records, int parallelism, Consumer<String> report) {
        this.parallelism = parallelism;
        this.texts = texts(records);
        this.report = report;
    }

    /**
     * Sweeps and exits with 1 if a run differed or did not fail: {@code CrashSweep [RECORDS [EVERY
     * [PARALLELISM]]]}, by default 200 records, each of them, parallelism 1.
     */
    public static void main(String[] args) throws Exception {
        Logs.silent();
        int records = args.length > 0 ? Integer.parseInt(args[0]) : 200;
        int every = args.length > 1 ? Integer.parseInt(args[1]) : 1;
        int parallelism = args.length > 2 ? Integer.parseInt(args[2]) : 1;
        Outcome outcome = new CrashSweep(records, parallelism, System.out::println).sweep(every);
        System.out.println(outcome);
        System.exit(outcome.differing() == 0 && outcome.crashed() == outcome.runs() ? 0 : 1);
    }

    /**
     * What a sweep found.
     *
     * @param differing runs whose output was not bit-identical
     */
    public record Outcome(int runs, int crashed, int differing) {}

    /**
     * @param every of the records and barriers, fail at every so many-th; 1: at each
     */
    public Outcome sweep(int every) throws Exception {
        LoopbackRun.Result undisturbed = run("undisturbed", Fault.At.NOWHERE, 0);
        report.accept(
                "undisturbed: %d models, %d predictions, %d telemetry records, %d barriers"
                        .formatted(
                                undisturbed.models().size(),
                                undisturbed.predictions().size(),
                                undisturbed.telemetry().size(),
                                undisturbed.barriers()));
        int runs = 0;
        int crashed = 0;
        int differing = 0;
        for (Fault.At at : List.of(Fault.At.RECORD, Fault.At.BARRIER)) {
            int last = at == Fault.At.RECORD ? texts.size() : undisturbed.barriers();
            for (int number = 1; number <= last; number += every) {
                LoopbackRun.Result result = run(at + "-" + number, at, number);
                runs++;
                if (runs % REPORT_EVERY == 0) {
                    report.accept("%d runs, %d differ".formatted(runs, differing));
                }
                crashed += result.failed() ? 1 : 0;
                String difference = result.differenceTo(undisturbed);
                if (difference != null) {
                    differing++;
                    report.accept("%s %d: %s".formatted(at, number, difference));
                }
            }
            report.accept("%s: %d runs so far, %d differ".formatted(at, runs, differing));
        }
        return new Outcome(runs, crashed, differing);
    }

    private LoopbackRun.Result run(String name, Fault.At at, int number) throws Exception {
        String unique = "%s-p%d-%d".formatted(name, parallelism, System.nanoTime());
        return LoopbackRun.run(unique, texts, settings(parallelism), at, number);
    }

    static LoopbackRun.Result undisturbed(int records, int parallelism) throws Exception {
        return new CrashSweep(records, parallelism, line -> {})
                .run("undisturbed", Fault.At.NOWHERE, 0);
    }

    /** A model small enough to run hundreds of times. */
    private static TextSettings settings(int parallelism) {
        LanguageModelConfig model =
                new LanguageModelConfig(
                        BytePairTokenizer.load().vocabulary(),
                        16,
                        1,
                        2,
                        2,
                        24,
                        12,
                        true,
                        true,
                        true,
                        true);
        LearningConfig standard = LearningConfig.defaults();
        LearningConfig learning =
                new LearningConfig(
                        standard.rate(),
                        standard.beta1(),
                        standard.beta2(),
                        standard.epsilon(),
                        5,
                        standard.decayPerThousandSteps(),
                        standard.clipNorm(),
                        1,
                        4_096,
                        0,
                        standard.averageDecay(),
                        7,
                        4);
        TextSetup setup = new TextSetup("small", "libtorch", 1, model, learning, 4, 8, true);
        return new TextSettings(
                new TextDecoder(65_536, Duration.ofDays(1).toMillis()),
                2,
                0,
                Duration.ofMinutes(10),
                setup,
                new MemoryConfig(4, 256, 8, 16, 12),
                new ServingConfig(true, 5, 8, -1),
                parallelism,
                16_384);
    }

    /** Three sources in turn, slightly out of order, with a query and a late record among them. */
    private static List<TextRecord> texts(int count) {
        List<TextRecord> texts = new ArrayList<>();
        String[] sources = {"mill", "weir", "ford"};
        String[] words = {"the water ", "turns the wheel ", "and runs on ", "over stones\n"};
        for (int i = 0; i < count; i++) {
            TextRecord text = new TextRecord();
            text.topic = "observations.text";
            text.partition = 0;
            text.offset = i;
            text.appendTimeMillis = 1_000_000L + i;
            text.headerNames = new String[0];
            text.headerValues = new byte[0][];
            text.source = sources[i % sources.length];
            text.sequence = i / sources.length;
            text.eventTimeMillis = 10_000L + i + (i % 4 == 1 ? 2 : 0);
            text.text =
                    (words[i % 4] + words[(i / 4) % 4] + words[(i * 7 / 5) % 4])
                            .getBytes(StandardCharsets.UTF_8);
            text.value = text.text;
            text.learn = i % 17 != 16;
            if (i % 50 == 49) {
                text.eventTimeMillis -= 20; // late
            }
            texts.add(text);
        }
        return texts;
    }
}

package freshet.jobs.recovery;

import static java.nio.charset.StandardCharsets.UTF_8;

import freshet.jobs.KafkaAccess;
import freshet.jobs.Logs;
import freshet.jobs.cluster.ClusterSize;
import freshet.jobs.cluster.LocalCluster;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Lets pipelines run on a cluster of several processes, as two jobs each, over streams that come at
 * a steady pace, and looks again and again at what could grow: memory, threads, open files,
 * checkpoints, the time that an answer takes. Exits with 1 if one of them does, or answers are
 * missing at the end.
 */
@Command(
        name = "soak",
        mixinStandardHelpOptions = true,
        description = "Runs pipelines for long, and shows what grows.")
public final class Soak implements Callable<Integer> {

    private static final double MEGA = 1 << 20;

    private static final Pattern TOTAL = Pattern.compile("Total +[0-9]+ +([0-9]+)");

    /** By so much of its mean may a figure rise over the second half of a run. */
    private static final double MAY_GROW = 0.05;

    private static final int SECONDS_FOR_THE_LAST_ANSWERS = 60;

    private static final List<String> PICTURES =
            List.of(
                    "MB ",
                    "alive MB ",
                    "threads ",
                    "open files ",
                    "checkpoint kB ",
                    "checkpoint ms ",
                    "p99 ms ");

    @Option(
            names = "--pipelines",
            split = ",",
            defaultValue = "texts,images,robots",
            description = "Side by side; default ${DEFAULT-VALUE}.")
    private List<Kind> pipelines;

    @Option(names = "--minutes", defaultValue = "120", description = "Default ${DEFAULT-VALUE}.")
    private double minutes;

    @Option(
            names = "--records-a-second",
            defaultValue = "5",
            description = "Of each stream; default ${DEFAULT-VALUE}.")
    private double recordsASecond;

    @Option(
            names = "--look-every",
            defaultValue = "20",
            description = "Seconds; default ${DEFAULT-VALUE}.")
    private int lookEverySeconds;

    @Option(
            names = "--collect-every",
            defaultValue = "10",
            description =
                    "Minutes between two looks at what is alive on each heap, for which all the"
                            + " rest is collected; default ${DEFAULT-VALUE}.")
    private double collectEveryMinutes;

    @Option(
            names = "--settings",
            split = ",",
            description = "Of all jobs, beyond ours, as KEY=VALUE, such as a state backend.")
    private Map<String, String> settings = new TreeMap<>();

    @Option(
            names = "--folder",
            required = true,
            description = "Made by it: the cluster, samples.csv and pictures.")
    private Path folder;

    private final PrintStream out = System.out;
    private final Samples samples = new Samples();
    private LocalCluster cluster;

    public static void main(String[] args) {
        Logs.silent();
        System.exit(new CommandLine(new Soak()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        Path root = folder.resolve("cluster");
        int slots = pipelines.size() * 2; // serve takes two, learn shares one of each
        cluster = LocalCluster.make(root, new ClusterSize(1, 2, slots, 2600, 1), Map.of());
        Runtime.getRuntime().addShutdownHook(new Thread(cluster::down));
        cluster.startAll();
        boolean isWell;
        try {
            var kafka = new KafkaAccess(cluster.bootstrapServers(), Map.of());
            isWell =
                    soak(
                            root,
                            pipelines.stream().map(kind -> new SoakedStream(kind, kafka)).toList());
        } finally {
            cluster.down();
        }
        for (String picture : PICTURES) {
            String name = picture.strip().replace(' ', '-') + ".png";
            samples.writePicture(picture, folder.resolve(name));
        }
        return isWell ? 0 : 1;
    }

    private boolean soak(Path root, List<SoakedStream> streams) throws InterruptedException {
        int records = (int) (minutes * 60 * recordsASecond);
        for (SoakedStream stream : streams) {
            stream.submit(root, settings);
        }
        streams.forEach(stream -> stream.begin(records, recordsASecond));
        out.printf("%d records of each stream, %.1f a second%n", records, recordsASecond);
        out.flush();
        long begun = System.nanoTime();
        double minute = 0;
        double collectAt = collectEveryMinutes;
        while (minute < minutes) {
            TimeUnit.SECONDS.sleep(lookEverySeconds);
            minute = (System.nanoTime() - begun) / 60e9;
            Map<String, Double> row = look(streams);
            if (minute >= collectAt) {
                row.putAll(aliveOnHeaps());
                collectAt += collectEveryMinutes;
            }
            samples.add(minute, row);
            samples.writeCsv(folder.resolve("samples.csv"));
        }
        boolean allAnswered = answersAll(streams);
        return isFlat() && allAnswered;
    }

    private Map<String, Double> look(List<SoakedStream> streams) {
        Map<String, Double> row = new LinkedHashMap<>();
        for (LocalCluster.ProcessState process : cluster.processStates()) {
            row.put("MB " + process.name(), residentMegabytes(process.pid()));
            row.put("threads " + process.name(), entries(process.pid(), "task"));
            row.put("open files " + process.name(), entries(process.pid(), "fd"));
        }
        for (String area : List.of("Heap", "NonHeap", "Metaspace")) {
            String metric = "Status.JVM.Memory.%s.Used".formatted(area);
            row.put("task managers' MB " + area, cluster.ofTaskManagers(metric) / MEGA);
        }
        for (LocalCluster.JobState job : cluster.jobs()) {
            row.put("checkpoint kB " + job.name(), job.checkpointBytes() / 1e3);
            row.put("checkpoint ms " + job.name(), (double) job.checkpointMillis());
        }
        for (SoakedStream stream : streams) {
            SoakedStream.Figures figures = stream.look();
            row.put("p50 ms " + stream.kind(), figures.p50());
            row.put("p99 ms " + stream.kind(), figures.p99());
        }
        return row;
    }

    private Map<String, Double> aliveOnHeaps() throws InterruptedException {
        Map<String, Double> row = new LinkedHashMap<>();
        for (LocalCluster.ProcessState process : cluster.processStates()) {
            row.put("alive MB " + process.name(), aliveBytes(process.pid()) / MEGA);
        }
        return row;
    }

    /** What {@code jcmd} counts once it has collected the rest; NaN if it cannot. */
    private static double aliveBytes(long pid) throws InterruptedException {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        var command = new ProcessBuilder(jcmd, String.valueOf(pid), "GC.class_histogram");
        try {
            Process counting = command.redirectErrorStream(true).start();
            String said = new String(counting.getInputStream().readAllBytes(), UTF_8);
            counting.waitFor();
            Matcher total = TOTAL.matcher(said);
            return total.find() ? Double.parseDouble(total.group(1)) : Double.NaN;
        } catch (IOException e) {
            return Double.NaN;
        }
    }

    private static double residentMegabytes(long pid) {
        try {
            return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")) / 1024)
                    .sum();
        } catch (IOException e) {
            return Double.NaN; // gone
        }
    }

    private static double entries(long pid, String folder) {
        try (Stream<Path> entries = Files.list(Path.of("/proc/" + pid + "/" + folder))) {
            return entries.count();
        } catch (IOException | UncheckedIOException e) {
            return Double.NaN;
        }
    }

    /** Robots' repeated and late frames get none. */
    private boolean answersAll(List<SoakedStream> streams) throws InterruptedException {
        boolean all = false;
        for (int second = 0; second < SECONDS_FOR_THE_LAST_ANSWERS && !all; second++) {
            TimeUnit.SECONDS.sleep(1);
            all = streams.stream().allMatch(Soak::isAnswered);
        }
        for (SoakedStream stream : streams) {
            out.printf(
                    "%-8s %d sent, %d answered%n", stream.kind(), stream.sent(), stream.answered());
        }
        return all;
    }

    private static boolean isAnswered(SoakedStream stream) {
        return stream.kind() == Kind.robots
                ? stream.answered() > 0
                : stream.answered() == stream.sent();
    }

    private boolean isFlat() {
        boolean flat = true;
        out.printf(
                "%-34s %10s %10s %10s %22s%n",
                "", "first", "last", "mean, 2nd half", "an hour, 2nd half");
        for (String name : samples.names()) {
            Samples.Trend trend = samples.trend(name);
            boolean grows = trend.grows(MAY_GROW);
            flat &= !grows;
            out.printf(
                    "%-34s %10.1f %10.1f %14.1f %+12.2f ± %7.2f%s%n",
                    name,
                    samples.first(name),
                    samples.last(name),
                    trend.mean(),
                    trend.anHour(),
                    trend.error(),
                    grows ? "  GROWS" : "");
        }
        out.println(flat ? "nothing grows" : "something grows");
        return flat;
    }
}

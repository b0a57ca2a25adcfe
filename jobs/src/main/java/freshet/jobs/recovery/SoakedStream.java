package freshet.jobs.recovery;

import freshet.client.Latencies;
import freshet.jobs.KafkaAccess;
import freshet.jobs.TopicReader;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A pipeline over a stream that comes at a steady pace, as two jobs on a cluster, and the time that
 * its answers take, from the moment before a record is sent to that at which a reader has its
 * answer.
 */
final class SoakedStream {

    /** Records that get no answer, such as repeated ones, must not be waited for without end. */
    private static final int MOST_WAITED_FOR = 20_000;

    private final Kind kind;
    private final RealStream stream;
    private final KafkaAccess kafka;
    private final RunTopics topics;

    private final Map<String, Long> sentNanos = new LinkedHashMap<>();
    private final Latencies latencies = new Latencies(); // since the last look
    private long sent;
    private long answered;

    SoakedStream(Kind kind, KafkaAccess kafka) {
        this.kind = kind;
        this.stream = RealStream.of(kind);
        this.kafka = kafka;
        this.topics = RunTopics.of("soak." + kind);
    }

    /** Latency since the last look, ms; NaN if nothing was answered. */
    record Figures(double p50, double p99) {}

    Kind kind() {
        return kind;
    }

    synchronized long sent() {
        return sent;
    }

    /** Each counted once. */
    synchronized long answered() {
        return answered;
    }

    /** Submits learn and serve. */
    void submit(Path folder, Map<String, String> more) {
        Map<String, String> settings =
                RealRun.settings(
                        kafka,
                        "soak." + kind,
                        stream,
                        name(),
                        new RealRun.Case(2, ChaosJob.PARTITIONS, false, RealRun.Fault.NONE));
        settings.put("kafka.bounded", "false");
        settings.put("stream.idle-timeout", "5 s");
        settings.put("learning.publish-every-updates", "20");
        settings.put("execution.checkpointing.interval", "5 s");
        settings.put("restart-strategy.fixed-delay.attempts", "100000");
        settings.put("restart-strategy.fixed-delay.delay", "1 s");
        settings.putAll(more);
        for (String branch : List.of("learn", "serve")) {
            var unused = ChaosJob.submit(folder, branch, settings);
        }
    }

    private String name() {
        return "stream." + kind;
    }

    /** Begins to send and to read, in threads that do not keep the process. */
    void begin(int records, double aSecond) {
        start(
                "answers",
                () ->
                        new TopicReader(kafka, topics.predictions())
                                .follow(
                                        true,
                                        record -> {
                                            answered(stream.key(record));
                                            return true;
                                        }));
        long begun = System.nanoTime();
        start(
                "records",
                () ->
                        stream.publish(
                                kafka,
                                name(),
                                ChaosJob.PARTITIONS,
                                records,
                                1,
                                key -> {
                                    await(begun + (long) (sent() / aSecond * 1e9));
                                    sent(key);
                                }));
    }

    private void start(String what, Runnable work) {
        Thread thread = new Thread(work, kind + "-" + what);
        thread.setDaemon(true);
        thread.start();
    }

    private static void await(long nanos) {
        try {
            TimeUnit.NANOSECONDS.sleep(nanos - System.nanoTime());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private synchronized void sent(String key) {
        sent++;
        sentNanos.putIfAbsent(key, System.nanoTime());
        if (sentNanos.size() > MOST_WAITED_FOR) {
            sentNanos.remove(sentNanos.keySet().iterator().next());
        }
    }

    private synchronized void answered(String key) {
        Long begun = sentNanos.remove(key);
        if (begun != null) { // else it has come before
            answered++;
            latencies.add(System.nanoTime() - begun);
        }
    }

    synchronized Figures look() {
        var figures = new Figures(latencies.quantileMillis(0.5), latencies.quantileMillis(0.99));
        latencies.clear();
        return figures;
    }
}

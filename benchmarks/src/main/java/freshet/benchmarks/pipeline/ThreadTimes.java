package freshet.benchmarks.pipeline;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Processor time of this process's threads by what they do, from when it was made until {@link
 * #seconds}; sampled, as a thread that has ended says nothing any more.
 */
final class ThreadTimes implements AutoCloseable {

    private static final long SAMPLE_MILLIS = 20;
    private static final String FETCHER = "Source Data Fetcher for ";
    private static final String TIMER = "Time Trigger for ";

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final Map<Long, String> names = new HashMap<>();
    private final Map<Long, Long> begun = new HashMap<>();
    private final Map<Long, Long> newest = new HashMap<>();
    private final Thread sampler;

    ThreadTimes() {
        sample(begun);
        sampler = new Thread(this::sampleUntilClosed, "thread times");
        sampler.setDaemon(true);
        sampler.start();
    }

    private void sampleUntilClosed() {
        try {
            while (true) {
                Thread.sleep(SAMPLE_MILLIS);
                sample(newest);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // closed
        }
    }

    private synchronized void sample(Map<Long, Long> into) {
        for (ThreadInfo thread : threads.getThreadInfo(threads.getAllThreadIds())) {
            if (thread != null) {
                long nanos = threads.getThreadCpuTime(thread.getThreadId());
                if (nanos >= 0) {
                    names.put(thread.getThreadId(), thread.getThreadName());
                    into.put(thread.getThreadId(), nanos);
                }
            }
        }
    }

    /** By what threads do: tasks by name, all their subtasks together. */
    Map<String, Double> seconds() {
        sample(newest);
        Map<String, Double> seconds = new TreeMap<>();
        synchronized (this) {
            for (long thread : newest.keySet()) {
                seconds.merge(work(names.get(thread)), secondsOf(thread), Double::sum);
            }
        }
        return seconds;
    }

    /**
     * Of the thread that took most of those with such a name.
     *
     * @throws java.util.NoSuchElementException if there is none
     */
    double mostSeconds(Predicate<String> named) {
        sample(newest);
        synchronized (this) {
            return newest.keySet().stream()
                    .filter(thread -> named.test(names.get(thread)))
                    .mapToDouble(this::secondsOf)
                    .max()
                    .orElseThrow();
        }
    }

    private double secondsOf(long thread) {
        return (newest.get(thread) - begun.getOrDefault(thread, 0L)) / 1e9;
    }

    private static String work(String thread) {
        if (thread.startsWith(FETCHER)) {
            return "fetch for " + work(thread.substring(FETCHER.length()));
        }
        if (thread.startsWith(TIMER)) {
            return "timers of " + work(thread.substring(TIMER.length()));
        }
        if (thread.matches(".* \\(\\d+/\\d+\\)#\\d+")) { // subtask and attempt
            return thread.substring(0, thread.lastIndexOf(" (")).replaceAll(" \\([a-z-]+\\)", "");
        }
        if (thread.startsWith("kafka-producer-network-thread")) {
            return "producers";
        }
        return thread.matches("(data-plane-)?kafka-.*|group-coordinator.*|.*ReplicaManager.*")
                ? "broker"
                : "start of the job, this command, all else";
    }

    @Override
    public void close() {
        sampler.interrupt();
    }
}

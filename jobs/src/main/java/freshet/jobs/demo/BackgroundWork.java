package freshet.jobs.demo;

import java.util.concurrent.atomic.AtomicReference;

/**
 * A thread beside the demo: it is asked to stop and then waited for, and what ended it before its
 * time is kept for whoever looks.
 */
public final class BackgroundWork implements AutoCloseable {

    /** What the thread does, until {@link #isStopped}. */
    public interface Work {
        void run() throws InterruptedException;
    }

    private final AtomicReference<RuntimeException> failure = new AtomicReference<>();
    private final Thread thread;
    private volatile boolean stopped;

    public BackgroundWork(String name, Work work) {
        thread = new Thread(() -> run(work), name);
        thread.setDaemon(true);
    }

    private void run(Work work) {
        try {
            work.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            fail(e);
        }
    }

    public void start() {
        thread.start();
    }

    public boolean isStopped() {
        return stopped;
    }

    /** Notes what went wrong; the first counts. */
    public void fail(RuntimeException problem) {
        failure.compareAndSet(null, problem);
    }

    /** What ended it before its time; null if nothing did. */
    public RuntimeException failure() {
        return failure.get();
    }

    /** Asks it to stop, and waits until it has. */
    @Override
    public void close() {
        stopped = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

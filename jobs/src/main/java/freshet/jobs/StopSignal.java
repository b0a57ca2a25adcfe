package freshet.jobs;

import java.lang.reflect.Proxy;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C (or a TERM) as a wish to stop, which the command sees and answers in its own time; a
 * second one ends the process at once. A shutdown hook would not do: Flink's own hooks tear the
 * cluster down beside it, while the savepoint is written.
 */
public final class StopSignal {

    private static final int KILLED_BY_INTERRUPT = 130;

    private final CountDownLatch wanted = new CountDownLatch(1);

    /** Takes over INT and TERM of this process. */
    public static StopSignal install() {
        StopSignal stop = new StopSignal();
        stop.handle("INT");
        stop.handle("TERM");
        return stop;
    }

    /** By reflection: the class is outside the standard, though every JDK has it. */
    private void handle(String name) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object ours =
                    Proxy.newProxyInstance(
                            handler.getClassLoader(),
                            new Class<?>[] {handler},
                            (proxy, method, arguments) -> {
                                request();
                                return null;
                            });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), ours);
        } catch (ReflectiveOperationException | RuntimeException e) {
            // Such a JVM stops at once at Ctrl-C, as after a kill: --resume goes on from there.
            System.err.printf("freshet: signal %s cannot be caught: %s%n", name, e);
        }
    }

    /** Wishes the stop; the second time ends the process. */
    public void request() {
        if (isWanted()) {
            Runtime.getRuntime().halt(KILLED_BY_INTERRUPT);
        }
        wanted.countDown();
    }

    public boolean isWanted() {
        return wanted.getCount() == 0;
    }

    /** Waits at most so long; true as soon as the stop is wanted. */
    public boolean await(long millis) {
        try {
            return wanted.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }
}

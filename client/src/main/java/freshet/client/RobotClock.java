package freshet.client;

import java.util.concurrent.locks.LockSupport;

/** The two clocks of a robot: one that people read and one that never jumps. */
public interface RobotClock {

    RobotClock SYSTEM =
            new RobotClock() {
                @Override
                public long epochMillis() {
                    return System.currentTimeMillis();
                }

                @Override
                public long nanos() {
                    return System.nanoTime();
                }
            };

    /** Since 1970-01-01 UTC; goes into records. */
    long epochMillis();

    /** Since some moment; deadlines and latencies are measured by it. */
    long nanos();

    /** Waits about so long, or less. */
    default void pause(long nanos) {
        LockSupport.parkNanos(nanos);
    }
}

package freshet.engines.libtorch;

import freshet.learners.tensor.DeviceMemoryException;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * What one engine's sessions, matrices and recorded steps hold on its device between steps, against
 * a budget. Thread-safe.
 */
final class DeviceMemory {

    private final String device;
    private final long budget;
    private long used;

    /**
     * @param budget bytes, above 0
     */
    DeviceMemory(String device, long budget) {
        this.device = device;
        this.budget = budget;
    }

    /**
     * Takes so many bytes of the budget.
     *
     * @throws DeviceMemoryException if they are not there; then nothing is taken
     */
    synchronized void reserve(long bytes, String what) {
        if (bytes > budget - used) {
            throw new DeviceMemoryException(device, budget, used, bytes, what);
        }
        used += bytes;
    }

    synchronized void release(long bytes) {
        used -= bytes;
    }

    synchronized long used() {
        return used;
    }

    /**
     * Runs something that allocates; that the library has run out of memory becomes ours to say.
     */
    <T> T watch(Supplier<T> work) {
        try {
            return work.get();
        } catch (RuntimeException e) {
            String says = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            String lower = says.toLowerCase(Locale.ROOT);
            if (lower.contains("out of memory")
                    || lower.contains("not enough memory")
                    || lower.contains("can't allocate memory")) {
                throw new DeviceMemoryException(device, budget, used(), says, e);
            }
            throw e;
        }
    }
}

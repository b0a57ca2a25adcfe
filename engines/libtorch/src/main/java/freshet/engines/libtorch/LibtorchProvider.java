package freshet.engines.libtorch;

import freshet.learners.tensor.TensorEngine;
import freshet.learners.tensor.TensorEngines;

/** Starts libtorch once per process. */
public final class LibtorchProvider implements TensorEngines.Provider {

    private static LibtorchEngine started;

    @Override
    public String name() {
        return "libtorch";
    }

    @Override
    public TensorEngine start(int threads) {
        synchronized (LibtorchProvider.class) {
            if (started == null) {
                started = new LibtorchEngine(threads);
            }
            if (started.threads() != threads) {
                throw new IllegalStateException(
                        "tensor.threads is %d, but libtorch was started with %d in this process"
                                .formatted(threads, started.threads()));
            }
            return started;
        }
    }
}

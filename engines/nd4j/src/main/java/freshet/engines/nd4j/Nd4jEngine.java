package freshet.engines.nd4j;

import freshet.learners.tensor.KeyMatrix;
import freshet.learners.tensor.Layout;
import freshet.learners.tensor.Program;
import freshet.learners.tensor.Session;
import freshet.learners.tensor.TensorEngine;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.bytedeco.openblas.global.openblas_nolapack;
import org.nd4j.linalg.factory.Nd4j;

/**
 * ND4J on whatever backend is on the class path.
 *
 * <p>The last bits of a result depend on how a sum was split among threads, so their number is set
 * once. They are OpenBLAS's; ND4J's own pool has one, because two pools that wait for work by
 * spinning make a step many times slower.
 */
final class Nd4jEngine implements TensorEngine {

    static final String VERSION = "1.0.0-M2.1";

    private final int threads;
    private final AtomicLong nativeBytes = new AtomicLong();

    Nd4jEngine(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException(
                    "tensor.threads is %d, must be at least 1".formatted(threads));
        }
        this.threads = threads;
        Nd4j.getEnvironment().setMaxThreads(1);
        Nd4j.getEnvironment().setMaxMasterThreads(1);
        if (Nd4j.getEnvironment().isCPU()) {
            openblas_nolapack.blas_set_num_threads(threads);
        }
    }

    int threads() {
        return threads;
    }

    void account(long bytes) {
        nativeBytes.addAndGet(bytes);
    }

    @Override
    public Map<String, String> metadata() {
        var metadata = new TreeMap<String, String>();
        metadata.put("engine", "nd4j");
        metadata.put("engine.version", VERSION);
        metadata.put("engine.device", Nd4j.getEnvironment().isCPU() ? "cpu" : "cuda:0");
        metadata.put("engine.threads", String.valueOf(threads));
        metadata.put("engine.arch", System.getProperty("os.arch"));
        return metadata;
    }

    @Override
    public Session open(Layout layout, float[] parameters, Program program) {
        return new Nd4jSession(this, layout, parameters, program);
    }

    @Override
    public KeyMatrix keyMatrix(int capacity, int width) {
        return new Nd4jKeyMatrix(this, capacity, width);
    }

    @Override
    public long nativeBytes() {
        return nativeBytes.get();
    }
}

package freshet.engines.nd4j;

import static org.assertj.core.api.Assertions.assertThat;

import freshet.learners.tensor.TensorEngines;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Both ways into an array that is a part of a longer one: the CPU's, and that of other devices. */
class HostCopyTest {

    @BeforeAll
    static void start() {
        TensorEngines.start("nd4j", 1);
    }

    private static HostCopy copy(boolean direct, INDArray array) {
        return direct ? new HostCopy.Direct(array) : new HostCopy.ThroughBuffers(array);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void floatsGoWhereTheyBelong(boolean direct) {
        try (var buffers = new Buffers(new Nd4jEngine(1))) {
            INDArray whole = buffers.zeros(6);
            HostCopy part = copy(direct, Buffers.view(whole, 2, 3));
            part.write(new float[] {1, 2, 3});
            float[] all = new float[6];
            copy(direct, whole).read(all);
            assertThat(all).containsExactly(0, 0, 1, 2, 3, 0);
            float[] some = new float[3];
            part.read(some);
            assertThat(some).containsExactly(1, 2, 3);
            assertThat(copy(direct, whole).read(1, 2, 3)).containsExactly(0, 2, 0);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void indicesGoThereAndBack(boolean direct) {
        try (var buffers = new Buffers(new Nd4jEngine(1))) {
            HostCopy copy = copy(direct, buffers.allocate(DataType.INT64, 3));
            copy.write(new long[] {7, -1, 1L << 40});
            long[] read = new long[3];
            copy.read(read);
            assertThat(read).containsExactly(7, -1, 1L << 40);
        }
    }
}

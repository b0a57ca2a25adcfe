package freshet.engines.nd4j;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Copies between Java and one array without gaps: on the CPU straight to its memory, elsewhere
 * through ND4J's buffers, which know where the newest values are.
 */
abstract class HostCopy {

    static HostCopy of(INDArray array) {
        return Nd4j.getEnvironment().isCPU() ? new Direct(array) : new ThroughBuffers(array);
    }

    abstract void write(float[] values);

    abstract void write(long[] values);

    abstract void read(float[] values);

    abstract void read(long[] values);

    /** Every {@code stride}-th of the floats from {@code first} on. */
    abstract float[] read(int first, int stride, int count);

    static float[] read(INDArray array) {
        float[] values = new float[Math.toIntExact(array.length())];
        of(array).read(values);
        return values;
    }

    static final class Direct extends HostCopy {

        private final FloatPointer floats;
        private final LongPointer longs;

        Direct(INDArray array) {
            Pointer start = array.data().addressPointer();
            boolean isLong = array.dataType() == DataType.INT64;
            floats = isLong ? null : new FloatPointer(start);
            longs = isLong ? new LongPointer(start) : null;
        }

        @Override
        void write(float[] values) {
            floats.put(values, 0, values.length);
        }

        @Override
        void write(long[] values) {
            longs.put(values, 0, values.length);
        }

        @Override
        void read(float[] values) {
            floats.get(values, 0, values.length);
        }

        @Override
        void read(long[] values) {
            longs.get(values, 0, values.length);
        }

        @Override
        float[] read(int first, int stride, int count) {
            float[] values = new float[count];
            for (int i = 0; i < count; i++) {
                values[i] = floats.get(first + (long) i * stride);
            }
            return values;
        }
    }

    static final class ThroughBuffers extends HostCopy {

        private final INDArray array;

        ThroughBuffers(INDArray array) {
            this.array = array;
        }

        @Override
        void write(float[] values) {
            try (DataBuffer buffer = Nd4j.createBuffer(values)) {
                Nd4j.getMemoryManager().memcpy(array.data(), buffer);
            }
        }

        @Override
        void write(long[] values) {
            try (DataBuffer buffer = Nd4j.createBuffer(values)) {
                Nd4j.getMemoryManager().memcpy(array.data(), buffer);
            }
        }

        @Override
        void read(float[] values) {
            System.arraycopy(array.dup().data().asFloat(), 0, values, 0, values.length);
        }

        @Override
        void read(long[] values) {
            System.arraycopy(array.dup().data().asLong(), 0, values, 0, values.length);
        }

        @Override
        float[] read(int first, int stride, int count) {
            float[] all = array.dup().data().asFloat();
            float[] values = new float[count];
            for (int i = 0; i < count; i++) {
                values[i] = all[first + i * stride];
            }
            return values;
        }
    }
}

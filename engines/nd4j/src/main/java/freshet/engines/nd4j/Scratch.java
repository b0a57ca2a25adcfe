package freshet.engines.nd4j;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Memory that a session's updates use one after another, so that an optimiser owns its moments
 * alone.
 */
final class Scratch {

    /** So many squares are summed in floats; the sums of each are then summed in doubles. */
    private static final int CHUNK = 64;

    final INDArray change; // as long as the parameters
    final INDArray gradientScale; // [1], as are the next two
    final INDArray rootScale;
    final INDArray rate;
    private final INDArray squares; // [chunks, CHUNK]
    private final INDArray sums; // [chunks, 1]
    private final INDArray ones; // [CHUNK, 1]

    Scratch(Buffers buffers, int size) {
        int chunks = chunks(size);
        change = buffers.zeros(size);
        gradientScale = buffers.zeros(1);
        rootScale = buffers.zeros(1);
        rate = buffers.zeros(1);
        squares = buffers.zeros(chunks, CHUNK);
        sums = buffers.zeros(chunks, 1);
        ones = buffers.allocate(DataType.FLOAT, CHUNK, 1);
        ones.assign(1);
    }

    private static int chunks(int size) {
        return (size + CHUNK - 1) / CHUNK;
    }

    /** The Euclidean norm of an array, whenever it is asked for. */
    final class Norm {

        private final Steps steps = new Steps();
        private final HostCopy copy;
        private final float[] ofChunks;

        Norm(INDArray of) {
            int size = Math.toIntExact(of.length());
            int chunks = chunks(size);
            INDArray head = Buffers.view(squares, 0, size);
            steps.add("multiply", new INDArray[] {of, of}, head);
            int rest = chunks * CHUNK - size;
            if (rest > 0) {
                steps.add(Elements.fill(Buffers.view(squares, size, rest), 0));
            }
            INDArray some = Buffers.view(sums, 0, chunks, 1);
            INDArray rows = Buffers.view(squares, 0, chunks, CHUNK);
            steps.add("matmul", new INDArray[] {rows, ones}, some, 0, 0, 0);
            copy = HostCopy.of(some);
            ofChunks = new float[chunks];
        }

        double value() {
            steps.run();
            copy.read(ofChunks);
            double sum = 0;
            for (float one : ofChunks) {
                sum += one;
            }
            return Math.sqrt(sum);
        }
    }
}

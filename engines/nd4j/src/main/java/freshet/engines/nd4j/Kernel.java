package freshet.engines.nd4j;

import org.nd4j.linalg.api.ndarray.INDArray;

/** How a node is computed: adds its steps, bound to the memory that they will always use. */
@FunctionalInterface
interface Kernel {

    /**
     * @param inputs row-major and without gaps; a scalar has shape [1]
     * @param output the same, with whatever it held before
     */
    void bind(Steps steps, INDArray[] inputs, INDArray output);
}

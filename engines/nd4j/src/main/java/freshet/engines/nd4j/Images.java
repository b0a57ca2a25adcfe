package freshet.engines.nd4j;

import freshet.engines.nd4j.Node.Edge;

/**
 * Convolution and pooling of {@code [B, C, height, width]}. ND4J's own convolution has no working
 * gradient for kernels {@code [O, C, height, width]}: here it is a matrix product over patches.
 */
final class Images {

    private final Graph graph;
    private final Sums sums;
    private final Functions functions;

    Images(Graph graph, Sums sums, Functions functions) {
        this.graph = graph;
        this.sums = sums;
        this.functions = functions;
    }

    Node conv2d(Node images, Node kernels, int stride, int padding) {
        long count = images.size(0);
        long channels = images.size(1);
        long kernelHeight = kernels.size(2);
        long kernelWidth = kernels.size(3);
        long height = (images.size(2) + 2L * padding - kernelHeight) / stride + 1;
        long width = (images.size(3) + 2L * padding - kernelWidth) / stride + 1;
        long patch = channels * kernelHeight * kernelWidth;
        long[] integers = {kernelHeight, kernelWidth, stride, stride, padding, padding, 1, 1, 0};
        Node patches = // [B, C, kernelHeight, kernelWidth, height, width]
                graph.operation(
                        new long[] {count, channels, kernelHeight, kernelWidth, height, width},
                        (steps, in, out) -> steps.add("im2col", in, out, integers),
                        images);
        Node columns = graph.reshape(patches, count, patch, height * width);
        Node matrix = graph.reshape(kernels, kernels.size(0), patch);
        Node product = sums.matmul(matrix, columns, false, false); // [B, O, height width]
        long[] shape = {count, kernels.size(0), height, width};
        return graph.track(
                graph.reshape(product, shape),
                new Edge(
                        images,
                        d -> {
                            Node flat = graph.reshape(d, product.shape);
                            Node back = sums.matmul(matrix, flat, true, false);
                            return fold(
                                    graph.reshape(back, patches.shape), images, stride, padding);
                        },
                        -1),
                new Edge(
                        kernels,
                        d ->
                                graph.reshape(
                                        sums.sumOfProducts(
                                                graph.reshape(d, product.shape),
                                                columns,
                                                false,
                                                true),
                                        kernels.shape),
                        -1));
    }

    /** Adds each patch to where it was cut out. */
    private Node fold(Node patches, Node images, int stride, int padding) {
        long[] integers = {
            stride, stride, padding, padding, images.size(2), images.size(3), 1, 1, 0
        };
        return graph.operation(
                images.shape, (steps, in, out) -> steps.add("col2im", in, out, integers), patches);
    }

    Node maxPool(Node images, int size, int stride) {
        Node pooled = pooled("maxpool2d", images, size, stride);
        Node mean = pooled("avgpool2d", images, size, stride); // which keeps a NaN
        return tracked("maxpool2d", functions.orNotANumber(pooled, mean), images, size, stride);
    }

    Node averagePool(Node images, int size, int stride) {
        Node pooled = pooled("avgpool2d", images, size, stride);
        return tracked("avgpool2d", pooled, images, size, stride);
    }

    private static long[] integers(int size, int stride) {
        long channelsFirst = 0;
        return new long[] {size, size, stride, stride, 0, 0, 1, 1, 0, 0, channelsFirst};
    }

    private Node pooled(String operation, Node images, int size, int stride) {
        long height = (images.size(2) - size) / stride + 1;
        long width = (images.size(3) - size) / stride + 1;
        return graph.operation(
                new long[] {images.size(0), images.size(1), height, width},
                (steps, in, out) -> steps.add(operation, in, out, integers(size, stride)),
                images);
    }

    /**
     * @param operation ND4J's name for it, to which {@code _bp} is added on the way back
     */
    private Node tracked(String operation, Node pooled, Node images, int size, int stride) {
        return graph.track(
                pooled,
                new Edge(
                        images,
                        d ->
                                graph.operation(
                                        images.shape,
                                        (steps, in, out) ->
                                                steps.add(
                                                        operation + "_bp",
                                                        in,
                                                        out,
                                                        integers(size, stride)),
                                        images,
                                        d),
                        -1));
    }
}

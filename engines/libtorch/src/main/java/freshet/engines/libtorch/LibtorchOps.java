package freshet.engines.libtorch;

import freshet.learners.tensor.Ops;
import freshet.learners.tensor.Precision;
import freshet.learners.tensor.Program;
import freshet.learners.tensor.Shapes;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** The operation vocabulary on libtorch, eager. Tensors belong to the caller's scope. */
final class LibtorchOps implements Ops<Tensor> {

    private final OpsContext context;
    private final int rowsTogether;

    /**
     * @param rowsTogether see {@link Program#rowsTogether}
     */
    LibtorchOps(OpsContext context, int rowsTogether) {
        this.context = context;
        this.rowsTogether = rowsTogether;
    }

    @Override
    public long[] shape(Tensor tensor) {
        return Tensors.shape(tensor);
    }

    @Override
    public Tensor constant(float[] values, long... shape) {
        return context.constant(values, shape);
    }

    @Override
    public Tensor scalar(double value) {
        return context.constant(new float[] {(float) value});
    }

    @Override
    public Tensor zeros(long... shape) {
        return context.zeros(shape);
    }

    @Override
    public Tensor add(Tensor left, Tensor right) {
        return Complaints.checked("add", left, right, () -> left.add(right));
    }

    @Override
    public Tensor subtract(Tensor left, Tensor right) {
        return Complaints.checked("subtract", left, right, () -> left.sub(right));
    }

    @Override
    public Tensor multiply(Tensor left, Tensor right) {
        return Complaints.checked("multiply", left, right, () -> left.mul(right));
    }

    @Override
    public Tensor divide(Tensor left, Tensor right) {
        return Complaints.checked("divide", left, right, () -> left.div(right));
    }

    @Override
    public Tensor minimum(Tensor left, Tensor right) {
        return Complaints.checked("minimum", left, right, () -> torch.minimum(left, right));
    }

    @Override
    public Tensor maximum(Tensor left, Tensor right) {
        return Complaints.checked("maximum", left, right, () -> torch.maximum(left, right));
    }

    @Override
    public Tensor greater(Tensor left, Tensor right) {
        return Complaints.checked(
                "greater", left, right, () -> left.gt(right).to(torch.ScalarType.Float));
    }

    @Override
    public Tensor where(Tensor mask, Tensor yes, Tensor no) {
        return Complaints.checked(
                "where", yes, no, () -> torch.where(mask.ne(new Scalar(0.0)), yes, no));
    }

    @Override
    public Tensor add(Tensor tensor, double number) {
        return tensor.add(new Scalar(number));
    }

    @Override
    public Tensor multiply(Tensor tensor, double number) {
        return tensor.mul(new Scalar(number));
    }

    @Override
    public Tensor clamp(Tensor tensor, double low, double high) {
        return torch.clamp(
                tensor, new ScalarOptional(new Scalar(low)), new ScalarOptional(new Scalar(high)));
    }

    @Override
    public Tensor negate(Tensor tensor) {
        return tensor.neg();
    }

    @Override
    public Tensor exp(Tensor tensor) {
        return tensor.exp();
    }

    @Override
    public Tensor log(Tensor tensor) {
        return tensor.log();
    }

    @Override
    public Tensor sqrt(Tensor tensor) {
        return tensor.sqrt();
    }

    @Override
    public Tensor reciprocalSqrt(Tensor tensor) {
        return tensor.rsqrt();
    }

    @Override
    public Tensor square(Tensor tensor) {
        return tensor.mul(tensor);
    }

    @Override
    public Tensor abs(Tensor tensor) {
        return tensor.abs();
    }

    @Override
    public Tensor tanh(Tensor tensor) {
        return tensor.tanh();
    }

    @Override
    public Tensor sigmoid(Tensor tensor) {
        return tensor.sigmoid();
    }

    @Override
    public Tensor relu(Tensor tensor) {
        return tensor.relu();
    }

    @Override
    public Tensor elu(Tensor tensor) {
        return torch.elu(tensor);
    }

    @Override
    public Tensor softplus(Tensor tensor) {
        return torch.softplus(tensor);
    }

    @Override
    public Tensor gelu(Tensor tensor) {
        return torch.gelu(tensor);
    }

    @Override
    public Tensor matmul(Tensor left, Tensor right) {
        Shapes.matmul(shape(left), shape(right));
        Tensor factor = narrow(right);
        return wide(
                left.dim() == 2 && right.dim() == 2
                        ? byGroups(narrow(left), group -> group.matmul(factor))
                        : narrow(left).matmul(factor));
    }

    @Override
    public Tensor addMatmul(Tensor addend, Tensor left, Tensor right) {
        Shapes.addMatmul(shape(addend), shape(left), shape(right));
        if (isNarrow()) {
            return addend.add(matmul(left, right));
        }
        if (addend.dim() == 2 && addend.size(0) == left.size(0) && isInGroups(left)) {
            Iterator<Tensor> addends = split(addend, 0, rowsTogether).iterator();
            return byGroups(left, group -> torch.addmm(addends.next(), group, right));
        }
        return byGroups(left, group -> torch.addmm(addend, group, right));
    }

    /** Whether rows are several groups, each of which is computed by itself. */
    private boolean isInGroups(Tensor rows) {
        return rowsTogether > 0 && rows.size(0) > rowsTogether && rows.size(0) % rowsTogether == 0;
    }

    /** The same for each group of rows, if there are several, or for all of them at once. */
    private Tensor byGroups(Tensor rows, UnaryOperator<Tensor> product) {
        return isInGroups(rows)
                ? concat(split(rows, 0, rowsTogether).stream().map(product).toList(), 0)
                : product.apply(rows);
    }

    private boolean isNarrow() {
        return context.precision() == Precision.BFLOAT16;
    }

    /** A factor of a product, as precise as that is to be. */
    private Tensor narrow(Tensor factor) {
        return isNarrow() ? factor.to(torch.ScalarType.BFloat16) : factor;
    }

    /** A product as all else is. */
    private Tensor wide(Tensor product) {
        return isNarrow() ? product.to(torch.ScalarType.Float) : product;
    }

    @Override
    public Tensor reshape(Tensor tensor, long... shape) {
        return Complaints.fits("reshape", tensor, shape, () -> tensor.reshape(shape));
    }

    @Override
    public Tensor transpose(Tensor tensor, int firstDimension, int secondDimension) {
        Shapes.dimension("transpose", shape(tensor), firstDimension);
        Shapes.dimension("transpose", shape(tensor), secondDimension);
        return tensor.transpose(firstDimension, secondDimension);
    }

    @Override
    public Tensor permute(Tensor tensor, int... dimensions) {
        Shapes.permute(shape(tensor), dimensions);
        return tensor.permute(longs(dimensions));
    }

    @Override
    public Tensor broadcastTo(Tensor tensor, long... shape) {
        return Complaints.fits("broadcastTo", tensor, shape, () -> tensor.expand(shape));
    }

    @Override
    public Tensor slice(Tensor tensor, int dimension, long from, long to) {
        Shapes.range("slice", shape(tensor), dimension, from, to);
        return tensor.narrow(dimension, from, to - from);
    }

    @Override
    public List<Tensor> split(Tensor tensor, int dimension, long size) {
        Shapes.split(shape(tensor), dimension, size);
        TensorVector parts = torch.split(tensor, size, dimension);
        return Arrays.asList(parts.get());
    }

    @Override
    public Tensor concat(List<Tensor> tensors, int dimension) {
        Shapes.concat(tensors.stream().map(this::shape).toList(), dimension);
        return torch.cat(new TensorVector(tensors.toArray(Tensor[]::new)), dimension);
    }

    @Override
    public Tensor sum(Tensor tensor, boolean keep, int... dimensions) {
        Shapes.dimensions("sum", shape(tensor), dimensions);
        return tensor.sum(longs(dimensions), keep, new ScalarTypeOptional());
    }

    @Override
    public Tensor mean(Tensor tensor, boolean keep, int... dimensions) {
        Shapes.dimensions("mean", shape(tensor), dimensions);
        return tensor.mean(longs(dimensions), keep, new ScalarTypeOptional());
    }

    @Override
    public Tensor max(Tensor tensor, boolean keep, int dimension) {
        Shapes.dimension("max", shape(tensor), dimension);
        return tensor.max(dimension, keep).get0();
    }

    @Override
    public Tensor logSumExp(Tensor tensor, boolean keep, int dimension) {
        Shapes.dimension("logSumExp", shape(tensor), dimension);
        return torch.logsumexp(tensor, new long[] {dimension}, keep);
    }

    @Override
    public Tensor sumAll(Tensor tensor) {
        return tensor.sum();
    }

    @Override
    public Tensor meanAll(Tensor tensor) {
        return tensor.mean();
    }

    @Override
    public Tensor softmax(Tensor tensor, int dimension) {
        Shapes.dimension("softmax", shape(tensor), dimension);
        return torch.softmax(tensor, dimension);
    }

    @Override
    public Tensor logSoftmax(Tensor tensor, int dimension) {
        Shapes.dimension("logSoftmax", shape(tensor), dimension);
        return torch.log_softmax(tensor, dimension);
    }

    @Override
    public Tensor layerNorm(Tensor tensor, double epsilon) {
        Shapes.dimension("layerNorm", shape(tensor), -1);
        return torch.layer_norm(
                tensor,
                new long[] {tensor.size(-1)},
                new TensorOptional(),
                new TensorOptional(),
                epsilon,
                false);
    }

    @Override
    public Tensor layerNorm(Tensor tensor, Tensor gain, Tensor bias, double epsilon) {
        Shapes.layerNorm(shape(tensor), shape(gain), shape(bias));
        return torch.layer_norm(
                tensor,
                new long[] {tensor.size(-1)},
                new TensorOptional(gain),
                new TensorOptional(bias),
                epsilon,
                false);
    }

    @Override
    public Tensor rows(Tensor table, Tensor indices) {
        Shapes.rows(shape(table));
        context.looksUp("rows", table, indices, table.size(0));
        return Complaints.indexed("rows", table, indices, () -> torch.embedding(table, indices));
    }

    @Override
    public Tensor pick(Tensor tensor, Tensor indices) {
        Shapes.pick(shape(tensor), shape(indices));
        context.looksUp("pick", tensor, indices, tensor.size(-1));
        return Complaints.indexed(
                "pick",
                tensor,
                indices,
                () -> torch.gather(tensor, -1, indices.unsqueeze(-1)).squeeze(-1));
    }

    @Override
    public Tensor conv2d(Tensor images, Tensor kernels, Tensor bias, int stride, int padding) {
        Shapes.conv2d(shape(images), shape(kernels), shape(bias));
        return byGroups(
                channelsLast(images), group -> convolved(group, kernels, bias, stride, padding));
    }

    /** As the CPU's convolutions read them fastest; what they make lies so too. */
    private static Tensor channelsLast(Tensor images) {
        return images.is_cuda() ? images : images.contiguous(torch.MemoryFormat.ChannelsLast);
    }

    private Tensor convolved(Tensor images, Tensor kernels, Tensor bias, int stride, int padding) {
        Tensor product =
                torch.conv2d(
                        narrow(images),
                        narrow(kernels),
                        isNarrow() ? new TensorOptional() : new TensorOptional(bias),
                        new long[] {stride, stride},
                        new long[] {padding, padding},
                        new long[] {1, 1},
                        1);
        return isNarrow() ? wide(product).add(bias.view(-1, 1, 1)) : product;
    }

    @Override
    public Tensor maxPool2d(Tensor images, int size, int stride) {
        Shapes.pool("maxPool2d", shape(images), size);
        return torch.max_pool2d(
                images,
                new long[] {size, size},
                new long[] {stride, stride},
                new long[] {0, 0},
                new long[] {1, 1},
                false);
    }

    @Override
    public Tensor averagePool2d(Tensor images, int size, int stride) {
        Shapes.pool("averagePool2d", shape(images), size);
        return torch.avg_pool2d(
                images,
                new long[] {size, size},
                new long[] {stride, stride},
                new long[] {0, 0},
                false,
                true,
                new LongOptional());
    }

    @Override
    public Tensor groupNorm(Tensor images, Tensor gain, Tensor bias, int groups, double epsilon) {
        Shapes.groupNorm(shape(images), shape(gain), shape(bias), groups);
        return torch.group_norm(
                images, groups, new TensorOptional(gain), new TensorOptional(bias), epsilon, false);
    }

    @Override
    public Tensor stopGradient(Tensor tensor) {
        return tensor.detach();
    }

    private static long[] longs(int[] dimensions) {
        return Arrays.stream(dimensions).asLongStream().toArray();
    }
}

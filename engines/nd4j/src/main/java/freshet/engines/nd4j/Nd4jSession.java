package freshet.engines.nd4j;

import freshet.engines.nd4j.Node.Kind;
import freshet.learners.tensor.AdamConfig;
import freshet.learners.tensor.Inputs;
import freshet.learners.tensor.Layout;
import freshet.learners.tensor.Optimiser;
import freshet.learners.tensor.Outputs;
import freshet.learners.tensor.Program;
import freshet.learners.tensor.Ranges;
import freshet.learners.tensor.Session;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One program with flat buffers, and a {@link Plan} for each set of input shapes and outputs that
 * was asked for, at most {@value #PLANS}: the one that was not used for the longest time goes
 * first. The buffers, the plans and the optimisers belong to the session and are freed by {@link
 * #close}.
 */
final class Nd4jSession implements Session {

    static final int PLANS = 32;

    private final Nd4jEngine engine;
    private final Layout layout;
    private final Program program;
    private final Buffers buffers;
    private final INDArray parameters;
    private final INDArray gradient;
    private final Map<String, Plan> plans = new LinkedHashMap<>(16, 0.75f, true);
    private final Map<String, Steps> moves = new HashMap<>(); // looked up, never iterated
    private final List<Nd4jOptimiser> optimisers = new ArrayList<>();
    private final Scratch scratch;
    private Nd4jOptimiser all;
    private boolean closed;

    Nd4jSession(Nd4jEngine engine, Layout layout, float[] initial, Program program) {
        Ranges.length("parameters", initial, layout.size());
        this.engine = engine;
        this.layout = layout;
        this.program = program;
        this.buffers = new Buffers(engine);
        int size = Math.max(1, layout.size());
        parameters = buffers.zeros(size);
        gradient = buffers.zeros(size);
        scratch = new Scratch(buffers, size);
        if (layout.size() > 0) {
            HostCopy.of(parameters).write(initial);
        }
    }

    @Override
    public Layout layout() {
        return layout;
    }

    @Override
    public Outputs run(Inputs inputs, Set<String> wanted) {
        return plan(inputs, wanted, false).run(inputs);
    }

    @Override
    public Outputs differentiate(Inputs inputs, Set<String> wanted) {
        return plan(inputs, wanted, true).run(inputs);
    }

    private Plan plan(Inputs inputs, Set<String> wanted, boolean differentiate) {
        var names = new TreeSet<>(wanted);
        var key = new StringBuilder(differentiate ? "d " : "r ").append(names);
        inputs.arrays()
                .forEach(
                        (name, array) ->
                                key.append(' ')
                                        .append(name)
                                        .append(array.floats() == null ? 'i' : 'f')
                                        .append(Arrays.toString(array.shape())));
        Plan plan = plans.get(key.toString());
        if (plan == null) {
            plan = newPlan(inputs, names, differentiate);
            plans.put(key.toString(), plan);
            if (plans.size() > PLANS) {
                Iterator<Plan> oldest = plans.values().iterator();
                oldest.next().close();
                oldest.remove();
            }
        }
        return plan;
    }

    private Plan newPlan(Inputs inputs, Set<String> wanted, boolean differentiate) {
        var graph = new Graph();
        Map<String, Node> leaves = new LinkedHashMap<>();
        Map<Node, INDArray> values = new LinkedHashMap<>();
        List<Plan.Target> targets = new ArrayList<>();
        for (Layout.Entry entry : layout.entries()) {
            Node leaf = graph.leaf(Kind.FLOATS, differentiate, entry.shape());
            leaves.put(entry.name(), leaf);
            values.put(leaf, Buffers.view(parameters, entry.offset(), entry.shape()));
        }
        Map<String, Node> given = new LinkedHashMap<>();
        inputs.arrays()
                .forEach(
                        (name, array) -> {
                            Kind kind = array.floats() == null ? Kind.INDICES : Kind.FLOATS;
                            given.put(name, graph.leaf(kind, false, array.shape()));
                        });
        Map<String, Node> outputs =
                program.outputs(
                        new Nd4jOps(graph, !differentiate, program.rowsTogether()), leaves, given);
        Map<String, Node> results = new LinkedHashMap<>();
        for (String name : wanted) {
            if (!outputs.containsKey(name)) {
                throw new IllegalArgumentException(
                        "the program has no output %s, it has %s"
                                .formatted(name, outputs.keySet()));
            }
            results.put(name, outputs.get(name));
        }
        if (differentiate) {
            Node loss = outputs.get(Program.LOSS);
            if (loss == null || loss.count() != 1) {
                throw new IllegalArgumentException(
                        "the program has no scalar named " + Program.LOSS);
            }
            List<Node> gradients = Gradients.of(graph, loss, leaves.values());
            for (int i = 0; i < gradients.size(); i++) {
                Layout.Entry entry = layout.entries().get(i);
                Node ofEntry = gradients.get(i);
                targets.add(
                        new Plan.Target(
                                ofEntry == null ? graph.filled(0, entry.shape()) : ofEntry,
                                Buffers.view(gradient, entry.offset(), entry.shape())));
            }
        }
        return new Plan(engine, graph, values, given, results, targets);
    }

    /** Over all parameters; its moments are made when they are first needed. */
    private Nd4jOptimiser all() {
        if (all == null) {
            all = newOptimiser(0, layout.size());
        }
        return all;
    }

    private Nd4jOptimiser newOptimiser(int from, int to) {
        Ranges.optimiser(from, to, layout.size());
        var made = new Nd4jOptimiser(engine, parameters, gradient, scratch, from, to);
        optimisers.add(made);
        return made;
    }

    @Override
    public Optimiser optimiser(int from, int to) {
        return newOptimiser(from, to);
    }

    @Override
    public double gradientNorm() {
        return all().gradientNorm();
    }

    @Override
    public void moveTowards(int from, int into, int count, double share) {
        Ranges.move(from, into, count, layout.size());
        if (count == 0) {
            return;
        }
        String key = "%d %d %d %s".formatted(from, into, count, share);
        moves.computeIfAbsent(
                        key,
                        unused -> {
                            INDArray still = Buffers.view(parameters, from, count);
                            INDArray moved = Buffers.view(parameters, into, count);
                            INDArray way = Buffers.view(scratch.change, 0, count);
                            var steps = new Steps();
                            steps.add("subtract", new INDArray[] {still, moved}, way);
                            steps.add(Elements.multiply(way, way, share));
                            steps.add("add", new INDArray[] {moved, way}, moved);
                            return steps;
                        })
                .run();
    }

    @Override
    public void addWeightDecay(double decay, int from) {
        Ranges.weightDecay(from, layout.size());
        if (decay == 0 || from == layout.size()) {
            return;
        }
        int count = layout.size() - from;
        moves.computeIfAbsent(
                        "%d %s".formatted(from, decay),
                        unused -> {
                            INDArray of = Buffers.view(parameters, from, count);
                            INDArray to = Buffers.view(gradient, from, count);
                            INDArray pull = Buffers.view(scratch.change, 0, count);
                            var steps = new Steps();
                            steps.add(Elements.multiply(of, pull, decay));
                            steps.add("add", new INDArray[] {to, pull}, to);
                            return steps;
                        })
                .run();
    }

    @Override
    public double adam(AdamConfig config, double rate, double gradientScale, long step) {
        return all().adam(config, rate, gradientScale, step);
    }

    @Override
    public double[] gradientOverDeviation(AdamConfig config, long step, int... bounds) {
        return all().gradientOverDeviation(config, step, bounds);
    }

    private float[] copy(INDArray flat) {
        return layout.size() == 0 ? new float[0] : HostCopy.read(flat);
    }

    @Override
    public float[] parameters() {
        return copy(parameters);
    }

    @Override
    public float[] gradient() {
        return copy(gradient);
    }

    @Override
    public float[] firstMoment() {
        return all().firstMoment();
    }

    @Override
    public float[] secondMoment() {
        return all().secondMoment();
    }

    @Override
    public void setParameters(float[] values) {
        Ranges.length("parameters", values, layout.size());
        if (values.length > 0) {
            HostCopy.of(parameters).write(values);
        }
    }

    @Override
    public void setMoments(float[] first, float[] second) {
        all().setMoments(first, second);
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            plans.values().forEach(Plan::close);
            plans.clear();
            moves.clear();
            optimisers.forEach(Nd4jOptimiser::close);
            buffers.close();
        }
    }
}

package freshet.learners.language;

import freshet.learners.Measurement;
import freshet.learners.tensor.Inputs;
import freshet.learners.tensor.Outputs;
import freshet.learners.tensor.Session;
import freshet.learners.tensor.TensorEngine;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Windows of text that are never learned, for measuring every version on the same input: what has
 * changed there is the model. Holds native memory once something was measured.
 *
 * <p>Each window's first tokens are context, which was learned before; loss and most likely tokens
 * are of those after it. State: the windows.
 */
final class ProbeBatch implements AutoCloseable {

    /**
     * One window.
     *
     * @param context tokens of the sequence that come before the new ones
     * @param sequence {@code [W]}
     */
    private record Window(int context, int[] sequence) {}

    /**
     * What was measured.
     *
     * @param loss mean over the new tokens, in nats
     * @param tokens most likely token at each of their positions
     * @param attention per layer and head, {@code probeAttentionEntropyNormalised} and {@code
     *     probeMaxLogit}
     */
    record Result(double loss, int[] tokens, List<Measurement> attention) {}

    private static final Map<String, String> NAMES =
            Map.of(
                    "attentionEntropyNormalised",
                    "probeAttentionEntropyNormalised",
                    "attentionMaxLogit",
                    "probeMaxLogit");

    private final TensorEngine engine;
    private final LanguageModelConfig config;
    private final int capacity;
    private final List<Window> windows = new ArrayList<>();
    private Session session; // made when it is first needed

    /**
     * @param capacity windows that are kept, from 0
     */
    ProbeBatch(TensorEngine engine, LanguageModelConfig config, int capacity) {
        this.engine = engine;
        this.config = config;
        this.capacity = capacity;
    }

    /** Takes a window if it is a full one and there is room. */
    boolean take(int[] context, int[] tokens) {
        if (windows.size() >= capacity || context.length + tokens.length != config.window()) {
            return false;
        }
        windows.add(new Window(context.length, LanguageLearner.joined(context, tokens)));
        return true;
    }

    /** Whether there is something to measure on: all windows or none. */
    boolean isComplete() {
        return capacity > 0 && windows.size() >= capacity;
    }

    /** Measures a version. */
    Result measure(float[] weights) {
        if (session == null) {
            session =
                    engine.open(
                            config.layout().build(), weights, new TransformerProgram(config, 0));
        } else {
            session.setParameters(weights);
        }
        double nats = 0;
        var tokens = new ArrayList<Integer>();
        var attention = new LinkedHashMap<String, Measurement>();
        for (Window window : windows) {
            Outputs outputs = run(window);
            // Only of the new tokens, and the loss is read off: half of the cost is the vocabulary.
            float[] scores = outputs.get(TransformerProgram.LOG_PROBABILITIES); // [W - c, V]
            for (int row = window.context(); row < config.window(); row++) {
                int at = (row - window.context()) * config.vocabulary();
                nats -= scores[at + window.sequence()[row]];
                tokens.add(greatest(scores, at, config.vocabulary()));
            }
            for (Measurement one : AttentionProbe.attention(config, outputs, config.window())) {
                String name = NAMES.get(one.name());
                if (name != null) {
                    attention.merge(
                            "%s %d %d".formatted(name, one.layer(), one.head()),
                            renamed(one, name),
                            Measurement::merge);
                }
            }
        }
        return new Result(
                nats / tokens.size(),
                tokens.stream().mapToInt(Integer::intValue).toArray(),
                List.copyOf(attention.values()));
    }

    private Outputs run(Window window) {
        var one = new Windows(config, 1);
        one.put(0, window.sequence(), true);
        int[] rows = new int[config.window() - window.context()];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = window.context() + i;
        }
        Inputs inputs =
                one.forReading()
                        .put(TransformerProgram.ROWS, rows, rows.length)
                        .put(TransformerProgram.PROBE, new float[] {1}, 1);
        Set<String> wanted = new TreeSet<>(Set.of(TransformerProgram.LOG_PROBABILITIES));
        wanted.addAll(AttentionProbe.wanted(config));
        return session.run(inputs, wanted);
    }

    /** Index, from {@code from} on, of the greatest of {@code count} values. */
    private static int greatest(float[] values, int from, int count) {
        int best = 0;
        for (int i = 1; i < count; i++) {
            if (values[from + i] > values[from + best]) {
                best = i;
            }
        }
        return best;
    }

    private static Measurement renamed(Measurement one, String name) {
        return new Measurement(
                name, one.layer(), one.head(), one.count(), one.sum(), one.min(), one.max());
    }

    /** Windows (int count, then context and length as shorts, ids as shorts). */
    void write(DataOutputStream out) throws IOException {
        out.writeInt(windows.size());
        for (Window window : windows) {
            out.writeShort(window.context());
            out.writeShort(window.sequence().length);
            for (int token : window.sequence()) {
                out.writeShort(token);
            }
        }
    }

    /** Keeps all that were saved, though fewer are asked for now: they are the stream's first. */
    void read(DataInputStream in) throws IOException {
        windows.clear();
        for (int i = in.readInt(); i > 0; i--) {
            int context = in.readUnsignedShort();
            int[] sequence = new int[in.readUnsignedShort()];
            for (int j = 0; j < sequence.length; j++) {
                sequence[j] = in.readUnsignedShort();
            }
            windows.add(new Window(context, sequence));
        }
    }

    void clear() {
        windows.clear();
    }

    @Override
    public void close() {
        if (session != null) {
            session.close();
        }
    }
}

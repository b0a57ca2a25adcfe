package freshet.operators;

import freshet.learners.SavedState;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The last tokens of each source, and the counters of the single order.
 *
 * <p>Bounded: beyond {@code maxSources} the source that spoke longest ago is forgotten; its next
 * record starts without context and its sequence anew.
 */
final class SourceContexts {

    private static final int FORMAT_VERSION = 1;
    private static final int[] NOTHING = {};

    private record Tail(long lastSequence, int[] tokens) {}

    private final int contextTokens;
    private final int maxSources;
    private final Map<String, Tail> tails = new LinkedHashMap<>(16, 0.75f, true);
    private long nextOrdinal;
    private long memorisedTokens;

    SourceContexts(int contextTokens, int maxSources) {
        this.contextTokens = contextTokens;
        this.maxSources = maxSources;
    }

    int size() {
        return tails.size();
    }

    boolean advances(String source, long sequence) {
        Tail tail = tails.get(source);
        return tail == null || sequence > tail.lastSequence();
    }

    /** Fills in ordinal, context and position, and moves on. */
    void place(SequencedText text) {
        Tail tail = tails.get(text.source);
        text.context = tail == null ? NOTHING : tail.tokens();
        text.ordinal = nextOrdinal++;
        text.firstPosition = memorisedTokens;
        if (!text.learn) {
            return;
        }
        memorisedTokens += text.tokens.length;
        tails.put(text.source, new Tail(text.sequence, lastOf(text.context, text.tokens)));
        if (tails.size() > maxSources) {
            Iterator<String> eldest = tails.keySet().iterator();
            eldest.next();
            eldest.remove();
        }
    }

    private int[] lastOf(int[] before, int[] after) {
        int fromAfter = Math.min(contextTokens, after.length);
        int fromBefore = Math.min(contextTokens - fromAfter, before.length);
        int[] last =
                Arrays.copyOfRange(before, before.length - fromBefore, before.length + fromAfter);
        System.arraycopy(after, after.length - fromAfter, last, fromBefore, fromAfter);
        return last;
    }

    byte[] snapshot() {
        return SavedState.write(
                FORMAT_VERSION,
                out -> {
                    out.writeLong(nextOrdinal);
                    out.writeLong(memorisedTokens);
                    out.writeInt(tails.size());
                    for (var entry : tails.entrySet()) { // least recently used first
                        out.writeUTF(entry.getKey());
                        out.writeLong(entry.getValue().lastSequence());
                        out.writeInt(entry.getValue().tokens().length);
                        for (int token : entry.getValue().tokens()) {
                            out.writeInt(token);
                        }
                    }
                });
    }

    void restore(byte[] snapshot) {
        SavedState.read(
                "source contexts",
                FORMAT_VERSION,
                snapshot,
                in -> {
                    nextOrdinal = in.readLong();
                    memorisedTokens = in.readLong();
                    tails.clear();
                    for (int i = in.readInt(); i > 0; i--) {
                        String source = in.readUTF();
                        long lastSequence = in.readLong();
                        int[] tokens = new int[in.readInt()];
                        for (int j = 0; j < tokens.length; j++) {
                            tokens[j] = in.readInt();
                        }
                        tails.put(source, new Tail(lastSequence, tokens));
                    }
                });
    }
}

package freshet.learners.language;

import freshet.learners.BatchCutter;
import freshet.learners.SavedState;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Cuts each source's tokens into batches of C new tokens, as soon as there are so many.
 *
 * <p>State: per source at most W - C tokens of context and C - 1 that wait, for at most {@code
 * maxSources} sources. When one more comes, the source whose last record lies furthest back is
 * dropped, and what waited of it goes out as a last, shorter batch.
 */
public final class TextBatchCutter implements BatchCutter<TokenizedText, TextBatch> {

    private static final int FORMAT_VERSION = 1;

    private static final class Source {
        int[] context = {};
        final int[] waiting;
        int count;
        long firstSequence;
        long lastSequence;
        long eventTimeMillis;

        Source(int segment) {
            waiting = new int[segment];
        }
    }

    private final int segment;
    private final int contextLimit;
    private final int maxSources;

    /** In order of last use, the longest unused first. */
    private final Map<String, Source> sources = new LinkedHashMap<>(16, 0.75f, true);

    /**
     * @param segment C, new tokens of a batch
     * @param window W, above {@code segment}
     * @param maxSources sources held at once, at least 1
     */
    public TextBatchCutter(int segment, int window, int maxSources) {
        if (segment < 1 || window <= segment || maxSources < 1) {
            throw new IllegalArgumentException(
                    "segment %d must be at least 1, window %d above it, maxSources %d at least 1"
                            .formatted(segment, window, maxSources));
        }
        this.segment = segment;
        this.contextLimit = window - segment;
        this.maxSources = maxSources;
    }

    @Override
    public List<TextBatch> add(TokenizedText record) {
        var batches = new ArrayList<TextBatch>();
        if (!sources.containsKey(record.source()) && sources.size() == maxSources) {
            var oldest = sources.entrySet().iterator().next();
            if (oldest.getValue().count > 0) {
                batches.add(cut(oldest.getKey(), oldest.getValue()));
            }
            sources.remove(oldest.getKey());
        }
        Source source = sources.computeIfAbsent(record.source(), name -> new Source(segment));
        for (int token : record.tokens()) {
            if (source.count == 0) {
                source.firstSequence = record.sequence();
            }
            source.waiting[source.count++] = token;
            source.lastSequence = record.sequence();
            source.eventTimeMillis = record.eventTimeMillis();
            if (source.count == segment) {
                batches.add(cut(record.source(), source));
            }
        }
        return batches;
    }

    private TextBatch cut(String name, Source source) {
        int[] tokens = Arrays.copyOf(source.waiting, source.count);
        var batch =
                new TextBatch(
                        name,
                        source.firstSequence,
                        source.lastSequence,
                        source.eventTimeMillis,
                        source.context,
                        tokens);
        source.context = tail(source.context, tokens, contextLimit);
        source.count = 0;
        return batch;
    }

    /** Last {@code limit} elements of {@code left} followed by {@code right}. */
    static int[] tail(int[] left, int[] right, int limit) {
        int length = Math.min(limit, left.length + right.length);
        int[] tail = new int[length];
        int fromRight = Math.min(length, right.length);
        System.arraycopy(right, right.length - fromRight, tail, length - fromRight, fromRight);
        int fromLeft = length - fromRight;
        System.arraycopy(left, left.length - fromLeft, tail, 0, fromLeft);
        return tail;
    }

    @Override
    public byte[] snapshot() {
        return SavedState.write(
                FORMAT_VERSION,
                out -> {
                    out.writeInt(segment);
                    out.writeInt(contextLimit);
                    out.writeInt(sources.size());
                    for (var entry : sources.entrySet()) {
                        Source source = entry.getValue();
                        out.writeUTF(entry.getKey());
                        out.writeLong(source.firstSequence);
                        out.writeLong(source.lastSequence);
                        out.writeLong(source.eventTimeMillis);
                        write(out, source.context, source.context.length);
                        write(out, source.waiting, source.count);
                    }
                });
    }

    @Override
    public void restore(byte[] snapshot) {
        SavedState.read(
                "text batch cutter",
                FORMAT_VERSION,
                snapshot,
                in -> {
                    int savedSegment = in.readInt();
                    int savedContext = in.readInt();
                    if (savedSegment != segment || savedContext != contextLimit) {
                        throw new IllegalArgumentException(
                                "text batch cutter was saved with segment %d and context %d, has %d and %d"
                                        .formatted(
                                                savedSegment, savedContext, segment, contextLimit));
                    }
                    sources.clear();
                    for (int i = in.readInt(); i > 0; i--) {
                        var source = new Source(segment);
                        String name = in.readUTF();
                        source.firstSequence = in.readLong();
                        source.lastSequence = in.readLong();
                        source.eventTimeMillis = in.readLong();
                        source.context = read(in);
                        int[] waiting = read(in);
                        System.arraycopy(waiting, 0, source.waiting, 0, waiting.length);
                        source.count = waiting.length;
                        sources.put(name, source);
                    }
                });
    }

    private static void write(DataOutputStream out, int[] values, int count) throws IOException {
        out.writeInt(count);
        for (int i = 0; i < count; i++) {
            out.writeInt(values[i]);
        }
    }

    private static int[] read(DataInputStream in) throws IOException {
        int[] values = new int[in.readInt()];
        for (int i = 0; i < values.length; i++) {
            values[i] = in.readInt();
        }
        return values;
    }
}

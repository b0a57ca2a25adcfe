package freshet.learners.language;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * Byte-level byte-pair encoding (Sennrich et al., "Neural machine translation of rare words with
 * subword units", ACL 2016): entries 0 to 255 are the single bytes, the others were merged in the
 * order of their ids, and encoding repeats the lowest possible merge within each word.
 *
 * <p>Not thread-safe: it remembers words that it has encoded, at most {@value #CACHED_WORDS}.
 */
public final class BytePairTokenizer implements Tokenizer {

    private static final String RESOURCE = "vocabulary-2048.txt";
    private static final int CACHED_WORDS = 1 << 16;
    private static final int BYTES = 256;

    private final List<byte[]> entries;
    private final Map<ByteString, Integer> ids = new HashMap<>();
    private final Map<ByteString, int[]> cache = new HashMap<>();
    private final String hash;

    /**
     * @param merged entries 256, 257, ... in order of their merging
     */
    public BytePairTokenizer(List<byte[]> merged) {
        entries = new ArrayList<>();
        for (int b = 0; b < BYTES; b++) {
            entries.add(new byte[] {(byte) b});
        }
        entries.addAll(merged);
        for (int id = 0; id < entries.size(); id++) {
            Integer twin = ids.put(new ByteString(entries.get(id)), id);
            if (twin != null) {
                throw new IllegalArgumentException(
                        "entries %d and %d of the vocabulary are equal".formatted(twin, id));
            }
        }
        hash = hash(entries);
    }

    /** Loads the vocabulary that ships with this module. */
    public static BytePairTokenizer load() {
        try (InputStream in = BytePairTokenizer.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException("no vocabulary on the class path: " + RESOURCE);
            }
            return read(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads one merged entry a line; a backslash starts {@code \\}, {@code \n} or {@code \xHH}. */
    static BytePairTokenizer read(InputStream in) throws IOException {
        var reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII));
        List<byte[]> merged = new ArrayList<>();
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            merged.add(unescape(line));
        }
        return new BytePairTokenizer(merged);
    }

    /** One line of the vocabulary file, without its line feed. */
    static String escape(byte[] entry) {
        var line = new StringBuilder();
        for (byte b : entry) {
            if (b == '\\') {
                line.append("\\\\");
            } else if (b == '\n') {
                line.append("\\n");
            } else if (b < 0x20 || b == 0x7f) {
                line.append("\\x%02x".formatted(b & 0xff));
            } else {
                line.append((char) b);
            }
        }
        return line.toString();
    }

    private static byte[] unescape(String line) {
        var entry = new ByteArrayOutputStream();
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c != '\\') {
                entry.write(c);
                continue;
            }
            char kind = line.charAt(++i);
            if (kind == 'x') {
                entry.write(Integer.parseInt(line.substring(i + 1, i + 3), 16));
                i += 2;
            } else {
                entry.write(kind == 'n' ? '\n' : kind);
            }
        }
        return entry.toByteArray();
    }

    @Override
    public int[] encode(byte[] text) {
        int[][] tokens = {new int[Math.max(16, text.length / 2)]};
        int[] count = {0};
        WordSplitter.split(
                text,
                (from, to) -> {
                    int[] word = word(Arrays.copyOfRange(text, from, to));
                    if (count[0] + word.length > tokens[0].length) {
                        tokens[0] = Arrays.copyOf(tokens[0], 2 * tokens[0].length + word.length);
                    }
                    System.arraycopy(word, 0, tokens[0], count[0], word.length);
                    count[0] += word.length;
                });
        return Arrays.copyOf(tokens[0], count[0]);
    }

    private int[] word(byte[] bytes) {
        ByteString word = new ByteString(bytes);
        int[] known = cache.get(word);
        if (known == null) {
            known = merge(bytes);
            if (cache.size() >= CACHED_WORDS) {
                cache.clear();
            }
            cache.put(word, known);
        }
        return known;
    }

    private int[] merge(byte[] bytes) {
        List<Integer> parts = new ArrayList<>();
        for (byte b : bytes) {
            parts.add(b & 0xff);
        }
        while (parts.size() > 1) {
            int best = Integer.MAX_VALUE;
            int bestAt = -1;
            for (int i = 0; i + 1 < parts.size(); i++) {
                Integer id =
                        ids.get(
                                ByteString.join(
                                        entries.get(parts.get(i)), entries.get(parts.get(i + 1))));
                if (id != null && id < best) {
                    best = id;
                    bestAt = i;
                }
            }
            if (bestAt < 0) {
                break;
            }
            parts.set(bestAt, best);
            parts.remove(bestAt + 1);
        }
        return parts.stream().mapToInt(Integer::intValue).toArray();
    }

    @Override
    public byte[] decode(int[] tokens) {
        var text = new ByteArrayOutputStream();
        for (int token : tokens) {
            text.writeBytes(entries.get(token));
        }
        return text.toByteArray();
    }

    @Override
    public int vocabulary() {
        return entries.size();
    }

    @Override
    public byte[] token(int id) {
        return entries.get(id).clone();
    }

    @Override
    public String hash() {
        return hash;
    }

    private static String hash(List<byte[]> entries) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (byte[] entry : entries) {
                digest.update((byte) entry.length);
                digest.update(entry);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}

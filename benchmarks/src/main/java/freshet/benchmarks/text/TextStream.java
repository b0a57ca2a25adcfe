package freshet.benchmarks.text;

import freshet.jobs.KafkaAccess;
import freshet.jobs.commands.TextPublisher;
import freshet.jobs.commands.TextSplitter;
import freshet.learners.language.LanguageModelConfig;
import freshet.learners.language.TextBatch;
import freshet.learners.language.TextBatchCutter;
import freshet.learners.language.TokenizedText;
import freshet.learners.language.Tokenizer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tukaani.xz.XZInputStream;

/**
 * Texts as the publisher would put them into the topic: each book a source, cut into records, event
 * times 1 ms apart.
 */
public final class TextStream {

    /**
     * One record.
     *
     * @param sequence place within the source, from 0
     * @param eventTimeMillis place within the stream
     */
    public record Text(String source, long sequence, long eventTimeMillis, byte[] bytes) {

        /** As a cutter of batches takes it. */
        public TokenizedText tokenized(Tokenizer tokenizer) {
            return new TokenizedText(source, sequence, eventTimeMillis, tokenizer.encode(bytes));
        }
    }

    /** Read unless others are named. */
    public static final List<String> BOOKS =
            List.of(
                    "austen-sense",
                    "chesterton-brown",
                    "melville-moby-dick",
                    "austen-persuasion",
                    "chesterton-thursday");

    private static final int MAX_SOURCES = 1_000;
    private static final String CORPUS = "/freshet/jobs/corpus/%s.txt.xz";

    private final int recordBytes;
    private final List<Text> texts = new ArrayList<>();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    /**
     * @param recordBytes longest record
     */
    TextStream(int recordBytes) {
        this.recordBytes = recordBytes;
    }

    /**
     * Books one after another until {@code limit} bytes are there.
     *
     * @param books names in the corpus, or paths of text files, plain or .xz
     */
    public static TextStream of(List<String> books, int recordBytes, long limit)
            throws IOException {
        var stream = new TextStream(recordBytes);
        for (String book : books) {
            long left = limit - stream.bytes.size();
            if (left > 0) {
                byte[] text = read(book);
                stream.add(book, Arrays.copyOf(text, (int) Math.min(left, text.length)));
            }
        }
        return stream;
    }

    /**
     * Its first batches, as the pipeline cuts them.
     *
     * @param count how many
     * @throws IllegalArgumentException if the text gives fewer
     */
    public List<TextBatch> batches(Tokenizer tokenizer, LanguageModelConfig model, int count) {
        var cutter = new TextBatchCutter(model.segment(), model.window(), MAX_SOURCES);
        List<TextBatch> batches = new ArrayList<>();
        for (Text text : texts) {
            batches.addAll(cutter.add(text.tokenized(tokenizer)));
            if (batches.size() >= count) {
                return List.copyOf(batches.subList(0, count));
            }
        }
        throw new IllegalArgumentException(
                "the text is enough for %d updates, not for %d".formatted(batches.size(), count));
    }

    /**
     * Writes all texts to a topic as one source.
     *
     * @param firstEventTime of the first, milliseconds since 1970-01-01 UTC
     */
    public void publish(KafkaAccess kafka, String topic, String source, long firstEventTime) {
        try (var publisher = new TextPublisher(kafka, topic, source, 0)) {
            for (Text text : texts) {
                publisher.send(text.bytes(), firstEventTime + text.eventTimeMillis());
            }
            publisher.flush();
        }
    }

    /** So many bytes of each book, one after another, each a source. */
    public static TextStream each(List<String> books, int recordBytes, int bytes)
            throws IOException {
        var stream = new TextStream(recordBytes);
        for (String book : books) {
            byte[] text = read(book);
            stream.add(book, Arrays.copyOf(text, Math.min(bytes, text.length)));
        }
        return stream;
    }

    /** One source with that text. */
    public static TextStream of(byte[] text, int recordBytes) {
        var stream = new TextStream(recordBytes);
        stream.add("text", text);
        return stream;
    }

    /** The whole text of a book of the corpus, or of a file. */
    static byte[] read(String book) throws IOException {
        try (InputStream in = open(book)) {
            return in.readAllBytes();
        }
    }

    private static InputStream open(String book) throws IOException {
        InputStream ofCorpus = TextStream.class.getResourceAsStream(CORPUS.formatted(book));
        if (ofCorpus != null) {
            return new XZInputStream(ofCorpus);
        }
        InputStream file = new FileInputStream(book);
        return book.endsWith(".xz") ? new XZInputStream(file) : file;
    }

    /** Appends a text of one source. */
    void add(String source, byte[] text) {
        var pieces = new TextSplitter(new ByteArrayInputStream(text), recordBytes);
        for (long sequence = 0; pieces.hasNext(); sequence++) {
            texts.add(new Text(source, sequence, texts.size(), pieces.next()));
        }
        bytes.writeBytes(text);
    }

    public List<Text> texts() {
        return texts;
    }

    /** All texts joined: what a compressor gets. */
    public byte[] bytes() {
        return bytes.toByteArray();
    }
}

package freshet.jobs.demo;

import freshet.jobs.commands.TextSplitter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.tukaani.xz.XZInputStream;

/**
 * The books of the demo, each a source, cut into texts as the publisher would cut them. None of
 * them was used for the tokenizer or for tuning.
 */
final class Corpus {

    private static final String RESOURCE = "/freshet/jobs/corpus/%s.txt.xz";

    /** Longest text, bytes. */
    static final int TEXT_BYTES = 1024;

    /** Interleaved from the start: New England 1851, London 1911 and 1908, Bath 1817. */
    static final List<String> EARLY =
            List.of(
                    "melville-moby-dick",
                    "chesterton-brown",
                    "chesterton-thursday",
                    "austen-persuasion");

    /** Appears late in the stream, and is unlike the others: 1611. */
    static final String LATE = "bible-kjv";

    private Corpus() {}

    /** All sources, in the order of their appearance. */
    static List<String> sources() {
        List<String> all = new ArrayList<>(EARLY);
        all.add(LATE);
        return all;
    }

    /** The texts of a source; joined they are the book. */
    static List<byte[]> texts(String source) {
        InputStream packed = Corpus.class.getResourceAsStream(RESOURCE.formatted(source));
        if (packed == null) {
            throw new IllegalArgumentException("no book " + source + " in the corpus");
        }
        try (InputStream book = new XZInputStream(packed)) {
            List<byte[]> texts = new ArrayList<>();
            new TextSplitter(new ByteArrayInputStream(book.readAllBytes()), TEXT_BYTES)
                    .forEachRemaining(texts::add);
            return texts;
        } catch (IOException e) {
            throw new UncheckedIOException("book " + source, e);
        }
    }
}

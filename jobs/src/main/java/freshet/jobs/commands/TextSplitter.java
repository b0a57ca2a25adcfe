package freshet.jobs.commands;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;

/**
 * Cuts UTF-8 text into pieces of at most so many bytes, each as long as it can be: after the last
 * line end that fits, else after the last space, else between two characters. The pieces joined are
 * the text.
 */
public final class TextSplitter implements Iterator<byte[]> {

    /** A UTF-8 character has at most four bytes, so one always fits. */
    static final int MIN_BYTES = 4;

    private final InputStream in;
    private final byte[] buffer;
    private int held;

    /**
     * @param maxBytes longest piece, from {@link #MIN_BYTES}
     */
    public TextSplitter(InputStream in, int maxBytes) {
        this.in = in;
        // One byte more than a piece, to see whether the text goes on.
        this.buffer = new byte[maxBytes + 1];
        fill();
    }

    @Override
    public boolean hasNext() {
        return held > 0;
    }

    @Override
    public byte[] next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        int length = held < buffer.length ? held : cut(buffer.length - 1);
        byte[] piece = Arrays.copyOf(buffer, length);
        System.arraycopy(buffer, length, buffer, 0, held - length);
        held -= length;
        fill();
        return piece;
    }

    private int cut(int limit) {
        for (byte separator : new byte[] {'\n', ' '}) {
            for (int end = limit; end > 0; end--) {
                if (buffer[end - 1] == separator) {
                    return end;
                }
            }
        }
        int end = limit;
        while (end > limit - MIN_BYTES && isContinuation(buffer[end])) {
            end--;
        }
        return end == 0 ? limit : end;
    }

    private static boolean isContinuation(byte b) {
        return (b & 0xC0) == 0x80;
    }

    private void fill() {
        try {
            held += in.readNBytes(buffer, held, buffer.length - held);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

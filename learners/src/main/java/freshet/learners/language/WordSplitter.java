package freshet.learners.language;

import java.util.function.BiConsumer;

/**
 * Cuts bytes into words that byte pairs never cross: a run of letters or one digit or one other
 * character, each with one space before it if there is one; a line feed; or a run of white space.
 */
final class WordSplitter {

    private WordSplitter() {}

    /** Calls {@code word} with the start and end of each word, in order. */
    static void split(byte[] text, BiConsumer<Integer, Integer> word) {
        int at = 0;
        while (at < text.length) {
            int end = end(text, at);
            word.accept(at, end);
            at = end;
        }
    }

    private static int end(byte[] text, int from) {
        int at = from;
        if (text[at] == ' ' && at + 1 < text.length && !isSpace(text[at + 1])) {
            at++;
        }
        if (isLetter(text[at])) {
            do {
                at++;
            } while (at < text.length && isLetter(text[at]));
            return at;
        }
        if (!isSpace(text[at]) || text[at] == '\n') {
            return at + 1;
        }
        while (at + 1 < text.length
                && isSpace(text[at])
                && text[at] != '\n'
                && isSpace(text[at + 1])) {
            at++;
        }
        return Math.max(at, from + 1);
    }

    private static boolean isLetter(byte b) {
        return (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z');
    }

    private static boolean isSpace(byte b) {
        return b == ' ' || (b >= '\t' && b <= '\r');
    }
}

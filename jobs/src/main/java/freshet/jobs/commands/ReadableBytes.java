package freshet.jobs.commands;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;

/**
 * Bytes as text that loses nothing: UTF-8 as it is, a backslash doubled, control characters and
 * what is not UTF-8 as {@code \n}, {@code \t}, {@code \xNN}.
 */
final class ReadableBytes {

    private ReadableBytes() {}

    static String of(byte[] bytes) {
        return of(ByteBuffer.wrap(bytes));
    }

    static String of(ByteBuffer buffer) {
        ByteBuffer bytes = buffer.duplicate();
        StringBuilder text = new StringBuilder(bytes.remaining());
        CharBuffer characters = CharBuffer.allocate(bytes.remaining() + 1);
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        while (bytes.hasRemaining()) {
            var result = decoder.reset().decode(bytes, characters, true);
            characters.flip().chars().forEach(character -> append(text, (char) character));
            characters.clear();
            for (int i = 0; result.isError() && i < result.length(); i++) {
                text.append("\\x%02X".formatted(bytes.get()));
            }
        }
        return text.toString();
    }

    /** The start of it, with an ellipsis if there is more. */
    static String startOf(byte[] bytes, int characters) {
        String text = of(ByteBuffer.wrap(bytes, 0, Math.min(bytes.length, 4 * characters)));
        boolean whole = text.length() <= characters && bytes.length <= 4 * characters;
        return whole ? text : text.substring(0, Math.min(characters, text.length())) + "…";
    }

    private static void append(StringBuilder text, char character) {
        switch (character) {
            case '\\' -> text.append("\\\\");
            case '\n' -> text.append("\\n");
            case '\t' -> text.append("\\t");
            default -> {
                if (Character.isISOControl(character)) {
                    // Above 0x7F a control character is two bytes, C2 and itself.
                    text.append(character < 0x80 ? "" : "\\xC2");
                    text.append("\\x%02X".formatted((int) character));
                } else {
                    text.append(character);
                }
            }
        }
    }
}

package freshet.jobs.models;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which part of which version a record of the models topic is, as its key says.
 *
 * @param chunk number of the chunk, or {@link #MANIFEST}
 */
record ModelPart(String model, long version, int chunk) {

    static final int MANIFEST = -1;

    private static final Pattern KEY =
            Pattern.compile("([^/]{1,256})/(\\d{1,18})/(manifest|\\d{1,9})");

    /** Empty if the key is none of ours. */
    static Optional<ModelPart> of(byte[] key) {
        if (key == null) {
            return Optional.empty();
        }
        Matcher matcher = KEY.matcher(new String(key, StandardCharsets.UTF_8));
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String part = matcher.group(3);
        return Optional.of(
                new ModelPart(
                        matcher.group(1),
                        Long.parseLong(matcher.group(2)),
                        part.equals("manifest") ? MANIFEST : Integer.parseInt(part)));
    }

    boolean isManifest() {
        return chunk == MANIFEST;
    }

    byte[] key() {
        String part = isManifest() ? "manifest" : String.valueOf(chunk);
        return "%s/%d/%s".formatted(model, version, part).getBytes(StandardCharsets.UTF_8);
    }
}

package freshet.jobs.demo.sabotage;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Alters the texts that a feeder is about to send, from when it is told to and for so many texts.
 * Which letters come follows from the text's place alone. Thread-safe.
 */
final class SabotagedTexts {

    private static final long NEVER = Long.MAX_VALUE;
    private static final String LETTERS = "etaoinshrdlucmfwypvbgkqjxz";

    private final Sabotage sabotage;
    private final Set<String> altered = new HashSet<>();
    private boolean begun;
    private byte[] repeated;
    private long firstEventTimeMillis = NEVER;
    private long lastEventTimeMillis = NEVER;

    SabotagedTexts(Sabotage sabotage) {
        this.sabotage = sabotage;
    }

    synchronized void begin() {
        begun = sabotage.altersTexts();
    }

    /**
     * What is sent in place of a text.
     *
     * @param eventTimeMillis growing from call to call
     */
    synchronized byte[] sent(String source, long sequence, long eventTimeMillis, byte[] sound) {
        if (!begun) {
            return sound;
        }
        if (altered.size() == sabotage.textsAltered()) {
            lastEventTimeMillis = Math.min(lastEventTimeMillis, eventTimeMillis - 1);
            return sound;
        }
        firstEventTimeMillis = Math.min(firstEventTimeMillis, eventTimeMillis);
        int before = altered.size();
        altered.add(place(source, sequence));
        if (sabotage == Sabotage.FROZEN) {
            repeated = repeated == null ? sound : repeated;
            return repeated;
        }
        return poisoned(sound, sabotage.poison(before), sequence * 31 + source.hashCode());
    }

    /** Words become others of the same length; what is between them stays. */
    static byte[] poisoned(byte[] text, double share, long seed) {
        var random = new SplittableRandom(seed);
        String sound = new String(text, StandardCharsets.UTF_8);
        var result = new StringBuilder(sound.length());
        boolean replaces = false;
        boolean inWord = false;
        for (int i = 0; i < sound.length(); i++) {
            char letter = sound.charAt(i);
            if (!Character.isLetter(letter)) {
                inWord = false;
                result.append(letter);
                continue;
            }
            if (!inWord) {
                inWord = true;
                replaces = random.nextDouble() < share;
            }
            result.append(replaces ? LETTERS.charAt(random.nextInt(LETTERS.length())) : letter);
        }
        return result.toString().getBytes(StandardCharsets.UTF_8);
    }

    synchronized boolean isAltered(String source, long sequence) {
        return altered.contains(place(source, sequence));
    }

    private static String place(String source, long sequence) {
        return source + "/" + sequence;
    }

    /** Of the first altered text; {@link Long#MAX_VALUE} before there is one. */
    synchronized long firstEventTimeMillis() {
        return firstEventTimeMillis;
    }

    /** From after this on texts are sound again; {@link Long#MAX_VALUE} if they are not yet. */
    synchronized long lastEventTimeMillis() {
        return lastEventTimeMillis;
    }
}

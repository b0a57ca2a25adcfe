package freshet.jobs.demo.sabotage;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What can be done to a run that learns. */
public enum Sabotage {
    RATE("somebody orders a learning rate 30 times as high"),
    RATE_GROWTH("somebody orders a learning rate that grows by 5 % an update"),
    TEMPERATURE("somebody sharpens the attention by 3 % an update"),
    POISON("ever more words of the texts are random letters, up to 20 %"),
    FROZEN("the source sends one text again and again"),
    GARBAGE("the source sends random letters for a while"),
    /** Of a learner of its own labels. */
    COLLAPSE("somebody orders a learning rate 100 times as high");

    private static final double RATE_FACTOR = 30;
    private static final double COLLAPSE_FACTOR = 100;
    private static final double GROWTH = 1.05;
    private static final double MOST_RATE = 130;
    private static final double SHARPENING = 1.03;
    private static final double MOST_POISON = 0.2;
    private static final int POISON_RAMP_TEXTS = 14;

    /** Orders come so often: what they do is the same as if they came at each update. */
    private static final int ORDER_EVERY = 2;

    private final String what;

    Sabotage(String what) {
        this.what = what;
    }

    /** What it does, for people. */
    public String what() {
        return what;
    }

    /** As it is called. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * One for a language model.
     *
     * @throws IllegalArgumentException with all there are, if none has that name
     */
    public static Sabotage of(String word) {
        return ofTexts()
                .filter(one -> one.word().equals(word))
                .findFirst()
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "no sabotage %s, only %s".formatted(word, words())));
    }

    /** All there are for a language model. */
    public static String words() {
        return ofTexts().map(Sabotage::word).collect(Collectors.joining(", "));
    }

    private static Stream<Sabotage> ofTexts() {
        return Arrays.stream(values()).filter(one -> one != COLLAPSE);
    }

    /** Whether texts are altered; else orders are given. */
    boolean altersTexts() {
        return this == POISON || this == FROZEN || this == GARBAGE;
    }

    /** How many texts are altered. */
    int textsAltered() {
        return this == GARBAGE ? 12 : 50;
    }

    /** Share of the words of a text that are replaced, after {@code altered} such texts. */
    double poison(int altered) {
        return switch (this) {
            case POISON -> MOST_POISON * Math.min(1, (altered + 1.0) / POISON_RAMP_TEXTS);
            case GARBAGE -> 1;
            default -> 0;
        };
    }

    String action() {
        return this == TEMPERATURE ? "scaleQueryKey" : "scaleLearningRate";
    }

    /**
     * Arguments of the order that is due; empty if none is.
     *
     * @param since updates since the sabotage began, from 0
     * @param before updates from the order before to now; 0 if there was none
     */
    Optional<Map<String, String>> argumentsAt(long since, long before) {
        boolean first = before == 0;
        boolean once = this == RATE || this == COLLAPSE;
        if (altersTexts() || once && !first || !first && before < ORDER_EVERY) {
            return Optional.empty();
        }
        double factor =
                switch (this) {
                    case RATE -> RATE_FACTOR;
                    case COLLAPSE -> COLLAPSE_FACTOR;
                    case RATE_GROWTH -> Math.min(MOST_RATE, Math.pow(GROWTH, since + 1.0));
                    default -> Math.pow(SHARPENING, first ? 1.0 : (double) before);
                };
        return Optional.of(Map.of("factor", String.format(Locale.ROOT, "%.4g", factor)));
    }
}

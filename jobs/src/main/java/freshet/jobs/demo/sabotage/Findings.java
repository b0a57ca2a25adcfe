package freshet.jobs.demo.sabotage;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** What a {@link Timeline} comes to, in figures. Updates are those of the learner. */
final class Findings {

    /** A version that loses so much more on the fixed probe than the one before is a bad one. */
    static final double BAD = 1.1;

    /** Texts whose mean is taken: before and at the end, and at the worst. */
    static final int TEXTS = 20;

    static final int WORST_TEXTS = 8;

    /** Rules that look at nothing but the loss. */
    private static final Set<String> LOSS_ALARMS =
            Set.of("LOSS_SPIKE", "LOSS_JUMP", "DIVERGENCE", "LOSS_ABOVE_START");

    private final Timeline timeline;
    private final List<Timeline.Scored> before;
    private final List<Timeline.Scored> after;

    /**
     * @param timeline with a sabotage that has begun
     */
    Findings(Timeline timeline) {
        this.timeline = timeline;
        long time = timeline.sabotagedAtMillis();
        before = timeline.scored().stream().filter(t -> t.eventTimeMillis() <= time).toList();
        after = timeline.scored().stream().filter(t -> t.eventTimeMillis() > time).toList();
    }

    /** That opened since the sabotage began. */
    List<Timeline.Alarm> alarms() {
        return timeline.alarms().stream()
                .filter(alarm -> alarm.number() >= timeline.sabotagedAt())
                .toList();
    }

    long falseAlarms() {
        return timeline.alarms().size() - (long) alarms().size();
    }

    Optional<Timeline.Alarm> firstAlarm() {
        return alarms().stream().min(Comparator.comparingLong(Timeline.Alarm::number));
    }

    /** Of a rule that looks at nothing but the loss. */
    Optional<Timeline.Alarm> lossAlarm() {
        return alarms().stream()
                .filter(alarm -> LOSS_ALARMS.contains(alarm.rule()))
                .min(Comparator.comparingLong(Timeline.Alarm::number));
    }

    /** That the policy gave since the sabotage began, whatever became of them. */
    List<Timeline.Obeyed> orders() {
        return timeline.orders().stream()
                .filter(order -> order.step() >= timeline.sabotagedAt())
                .toList();
    }

    long orders(Timeline.Fate fate) {
        return orders().stream().filter(order -> order.fate() == fate).count();
    }

    Optional<Timeline.Obeyed> firstRemedy() {
        return orders().stream().filter(Timeline.Obeyed::remedy).findFirst();
    }

    /**
     * Mean bits per byte of the last texts before the sabotage, of the worst in a row since, and of
     * the last of all; NaN where there are too few. Altered texts do not count.
     *
     * @param bits of a text
     */
    double before(ToDoubleFunction<Timeline.Scored> bits) {
        return mean(last(before), bits);
    }

    double worst(ToDoubleFunction<Timeline.Scored> bits) {
        double worst = Double.NaN;
        for (int from = 0; from + WORST_TEXTS <= after.size(); from++) {
            double here = mean(after.subList(from, from + WORST_TEXTS), bits);
            worst = Double.isNaN(worst) ? here : Math.max(worst, here);
        }
        return worst;
    }

    double end(ToDoubleFunction<Timeline.Scored> bits) {
        return mean(last(after), bits);
    }

    private static List<Timeline.Scored> last(List<Timeline.Scored> texts) {
        return texts.subList(Math.max(0, texts.size() - TEXTS), texts.size());
    }

    private static double mean(
            List<Timeline.Scored> texts, ToDoubleFunction<Timeline.Scored> bits) {
        long bytes = texts.stream().mapToLong(Timeline.Scored::bytes).sum();
        return bytes == 0 ? Double.NaN : texts.stream().mapToDouble(bits).sum() / bytes;
    }

    /** The last one that was served before the sabotage, if it was measured. */
    Optional<Timeline.Version> versionBefore() {
        return measured()
                .filter(version -> version.eventTimeMillis() < timeline.sabotagedAtMillis())
                .reduce((left, right) -> right);
    }

    /** The one served since that loses most on the probe. */
    Optional<Timeline.Version> worstVersion() {
        return measured()
                .filter(version -> version.eventTimeMillis() >= timeline.sabotagedAtMillis())
                .max(Comparator.comparingDouble(Timeline.Version::probeLossNats)); // NaN is most
    }

    Optional<Timeline.Version> lastVersion() {
        return measured().reduce((left, right) -> right);
    }

    private Stream<Timeline.Version> measured() {
        long firstMeasured =
                timeline.versions().stream()
                        .filter(version -> Double.isFinite(version.probeLossNats()))
                        .mapToLong(Timeline.Version::number)
                        .findFirst()
                        .orElse(Long.MAX_VALUE);
        return timeline.versions().stream()
                .filter(version -> version.served() && version.number() >= firstMeasured);
    }

    /** Versions since the sabotage in whose place an older one was published. */
    long keptBack() {
        return timeline.versions().stream()
                .filter(version -> version.eventTimeMillis() >= timeline.sabotagedAtMillis())
                .filter(version -> !version.served())
                .count();
    }

    /** Whether something was served that is worse on the probe; unknown without a probe. */
    Optional<Boolean> servedBad() {
        return versionBefore()
                .flatMap(
                        good ->
                                worstVersion()
                                        .map(
                                                worst ->
                                                        !(worst.probeLossNats()
                                                                <= BAD * good.probeLossNats())));
    }
}

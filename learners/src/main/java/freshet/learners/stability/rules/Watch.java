package freshet.learners.stability.rules;

import freshet.learners.LearnedRecords;
import freshet.learners.Measurement;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Judges the reports of one model by all rules.
 *
 * <p>Reports of a part come in the order of their numbers. One whose number is not above the last
 * one's is late or a repeat: it is counted and changes nothing.
 *
 * <p>State, bounded: per part the windows of each condition at each place it was seen at, at most
 * {@value #MAX_PARTS} parts and {@value #MAX_PLACES} places in all; what is beyond is counted and
 * not watched; and the records of one update. Not thread-safe.
 */
public final class Watch {

    /** Part whose numbers are the versions that were published. */
    static final String PUBLICATION = "publication";

    static final String LEARNER = "learner";
    static final int MAX_PARTS = 1_000;
    static final int MAX_PLACES = 100_000;

    /**
     * Updates without anything urgent after which a version is taken for good: what an alarm finds
     * began before it.
     */
    static final int SETTLED = 20;

    final RuleSet rules;
    final String modelName;
    final Map<String, PartState> parts = new LinkedHashMap<>();
    final List<Alarm> waiting = new ArrayList<>(); // given out with the next ones
    long late;
    long refused;
    int places;
    long newestVersion = -1;
    long lastGoodVersion = -1;
    final Deque<Long> settling = new ArrayDeque<>(); // newer versions: at most SETTLED
    LearnedRecords learned = LearnedRecords.NONE; // by the newest update known
    private final SilenceWatch silence;
    private long streamMillis = Long.MIN_VALUE;
    private long wallMillis = Long.MIN_VALUE;

    public Watch(RuleSet rules, String modelName) {
        this.rules = rules;
        this.modelName = modelName;
        silence = new SilenceWatch(this);
    }

    /** Reports that came too late or again. */
    public long late() {
        return late;
    }

    /** Points and reports that were not watched because the state is full. */
    public long refused() {
        return refused;
    }

    /** Incidents that are open. */
    public int open() {
        int open = 0;
        for (PartState part : parts.values()) {
            for (int rule = 0; rule < rules.rules().size(); rule++) {
                open +=
                        (int)
                                part.incidents(rule).values().stream()
                                        .filter(Incident::isOpen)
                                        .count();
            }
        }
        return open;
    }

    /** Takes a report and returns the alarms that it raises and ends, in the order of the rules. */
    public List<Alarm> add(Report report) {
        List<Alarm> alarms = new ArrayList<>(waiting);
        waiting.clear();
        PartState part = part(report);
        if (part == null) {
            return alarms;
        }
        part.lastNumber = report.number();
        part.lastEventTimeMillis = report.eventTimeMillis();
        part.heardEventTimeMillis = Math.max(report.eventTimeMillis(), streamMillis);
        part.heardProcessingMillis = wallMillis;
        if (!report.records().isEmpty()) {
            learned = report.records();
        }
        boolean isPublication = part.name.equals(PUBLICATION);
        if (isPublication) {
            newestVersion = report.number();
        }
        if (isPublication || part.name.equals(LEARNER)) { // both count updates
            settle(report.number());
        }
        int before = alarms.size();
        silence.speaks(part, alarms);
        judge(part, look(part, gather(part, report)), alarms);
        if (alarms.stream().skip(before).anyMatch(Watch::isUrgent)) {
            settling.clear();
        } else if (isPublication && !hasUrgent()) {
            settling.add(report.number());
        }
        return alarms;
    }

    private void settle(long number) {
        while (!settling.isEmpty()
                && (settling.size() > SETTLED || settling.peek() + SETTLED <= number)) {
            lastGoodVersion = settling.remove();
        }
    }

    private static boolean isUrgent(Alarm alarm) {
        return !alarm.resolved() && alarm.severity().compareTo(Severity.HIGH) >= 0;
    }

    private PartState part(Report report) {
        PartState part = parts.get(report.part());
        if (part != null) {
            if (report.number() <= part.lastNumber) {
                late++;
                return null;
            }
            return part;
        }
        if (parts.size() == MAX_PARTS) {
            refused++;
            return null;
        }
        part = new PartState(report.part(), report.number(), rules);
        parts.put(report.part(), part);
        return part;
    }

    /** Hands each point to the conditions that look at it; returns those that got one. */
    private List<ConditionState> gather(PartState part, Report report) {
        List<ConditionState> touched = new ArrayList<>();
        RuleSet.Use[] ofAll = rules.uses(part.name, Signal.ANY);
        Measurement sound = null;
        for (Measurement point : report.points()) {
            if (point.count() == 0) {
                continue;
            }
            if (!ConditionState.isFinite(point)) {
                gather(part, point, ofAll, touched);
            } else {
                sound = point;
            }
            gather(part, point, rules.uses(part.name, point.name()), touched);
        }
        // A report without a strange point tells the rules about them that all is well.
        for (RuleSet.Use use : ofAll) {
            ConditionState state = part.conditions(use.condition()).get(PartState.place(-1, -1));
            if (state != null && sound != null && !touched.contains(state)) {
                state.gather(sound, false);
                touched.add(state);
            }
        }
        return touched;
    }

    private void gather(
            PartState part, Measurement point, RuleSet.Use[] uses, List<ConditionState> touched) {
        for (RuleSet.Use use : uses) {
            Condition condition = rules.condition(use.condition());
            boolean wildcard = condition.signal().measurement().equals(Signal.ANY);
            boolean all = wildcard || condition.signal().over() == Signal.Over.MODEL;
            int layer = all ? -1 : point.layer();
            int head = all || condition.signal().over() == Signal.Over.LAYER ? -1 : point.head();
            // A difference lives with the part of what is taken something off.
            PartState home =
                    use.subtracts() && !isOf(part, condition.signal().part())
                            ? parts.get(condition.signal().part())
                            : part;
            ConditionState state = home == null ? null : state(home, use.condition(), layer, head);
            if (state != null && state.gather(point, use.subtracts())) {
                touched.add(state);
            }
        }
    }

    private static boolean isOf(PartState part, String kind) {
        return RuleSet.kind(part.name).equals(kind);
    }

    private ConditionState state(PartState part, int condition, int layer, int head) {
        Map<Long, ConditionState> byPlace = part.conditions(condition);
        Long place = PartState.place(layer, head);
        ConditionState state = byPlace.get(place);
        if (state == null) {
            if (places == MAX_PLACES) {
                refused++;
                return null;
            }
            places++;
            Condition asks = rules.condition(condition);
            state = new ConditionState(condition, asks, part.name, layer, head);
            byPlace.put(place, state);
        }
        return state;
    }

    /** Lets the detectors look; returns the incidents to judge, by rule and in order. */
    private Map<Integer, List<Incident>> look(PartState part, List<ConditionState> touched) {
        Map<Integer, List<Incident>> toJudge = new TreeMap<>();
        for (ConditionState state : touched) {
            int index = rules.ruleOf(state.condition);
            Rule rule = rules.rules().get(index);
            PartState pace = paceOf(rule, parts.get(state.part));
            boolean first = state.condition == rules.firstConditionOf(index);
            int head = rule.headShare() > 0 ? -1 : state.head;
            Incident incident =
                    first
                            ? parts.get(state.part).incident(index, state.layer, head)
                            : pace == null
                                    ? null
                                    : pace.incidents(index).get(PartState.place(state.layer, head));
            int holdPoints = rules.condition(state.condition).kind().holdPoints();
            boolean hold = incident != null && incident.holds(holdPoints);
            long paceNumber = pace == null ? Long.MIN_VALUE : pace.lastNumber;
            boolean judged = state.look(part.lastNumber, paceNumber, hold);
            if (judged && first && state.part.equals(part.name)) {
                List<Incident> ofRule = toJudge.computeIfAbsent(index, unused -> new ArrayList<>());
                if (!ofRule.contains(incident)) {
                    ofRule.add(incident);
                }
            }
        }
        return toJudge;
    }

    /** The part by whose numbers a rule goes: the one at hand if it is of that kind. */
    private PartState paceOf(Rule rule, PartState atHand) {
        return isOf(atHand, rule.part()) ? atHand : parts.get(rule.part());
    }

    private void judge(PartState part, Map<Integer, List<Incident>> incidents, List<Alarm> alarms) {
        incidents.forEach(
                (index, ofRule) -> {
                    Rule rule = rules.rules().get(index);
                    boolean warm = part.lastNumber - part.firstNumber >= rule.warmUp();
                    for (Incident incident : ofRule) {
                        var judgement = new Judgement(rules, this::other, index, part, incident);
                        boolean mayOpen = warm && !judgement.isSuppressed();
                        if (incident.judge(rule, judgement.holds(), mayOpen, part.lastNumber)) {
                            alarms.add(alarm(rule, part, incident, judgement));
                        }
                    }
                });
    }

    private PartState other(String name) {
        return parts.get(name);
    }

    private Alarm alarm(Rule rule, PartState part, Incident incident, Judgement judgement) {
        String place =
                (incident.layer < 0 ? "" : " (layer " + incident.layer)
                        + (incident.head < 0 ? "" : ", head " + incident.head)
                        + (incident.layer < 0 ? "" : ")");
        String message =
                "%s%s%s: %s"
                        .formatted(
                                incident.isOpen() ? "" : "Over: ",
                                rule.message(),
                                place,
                                judgement.words());
        return alarm(rule, part, incident, message, judgement.evidence());
    }

    Alarm alarm(
            Rule rule,
            PartState part,
            Incident incident,
            String message,
            List<Measurement> points) {
        return new Alarm(
                dedupeKey(rule.key(), part, incident),
                rule.name(),
                rule.severity(),
                !incident.isOpen(),
                modelName,
                version(),
                lastGoodVersion,
                part.lastEventTimeMillis,
                part.name,
                part.lastNumber,
                message,
                points,
                learned);
    }

    String dedupeKey(String rule, PartState part, Incident incident) {
        return rule
                + "/"
                + modelName
                + (part.name.indexOf(':') < 0 ? "" : "/" + part.name)
                + (incident.layer < 0 ? "" : "/" + incident.layer)
                + (incident.head < 0 ? "" : "/" + incident.head);
    }

    private long version() {
        PartState learner = parts.get(LEARNER);
        return newestVersion >= 0 || learner == null ? newestVersion : learner.lastNumber;
    }

    private boolean hasUrgent() {
        for (PartState part : parts.values()) {
            for (int rule = 0; rule < rules.rules().size(); rule++) {
                if (rules.rules().get(rule).severity().compareTo(Severity.HIGH) >= 0) {
                    for (Incident incident : part.incidents(rule).values()) {
                        if (incident.isOpen()) {
                            return true;
                        }
                    }
                }
            }
        }
        return false;
    }

    /**
     * Says what time it is.
     *
     * @param streamNow event time that the stream has reached, milliseconds; {@code Long.MIN_VALUE}
     *     if unknown
     * @param wallNow on the wall; the first one after a start or a restore counts for all parts as
     *     the time they last spoke
     */
    public void at(long streamNow, long wallNow) {
        if (streamNow != Long.MAX_VALUE) {
            streamMillis = Math.max(streamMillis, streamNow);
        }
        wallMillis = wallNow;
        for (PartState part : parts.values()) {
            if (part.heardProcessingMillis == Long.MIN_VALUE) {
                part.heardProcessingMillis = wallMillis;
            }
        }
    }

    /** The alarms for parts that have been silent for too long by now; see {@link #at}. */
    public List<Alarm> silent() {
        List<Alarm> alarms = new ArrayList<>(waiting);
        waiting.clear();
        silence.look(streamMillis, wallMillis, alarms);
        return alarms;
    }

    /**
     * When {@link #silent} may have something to say if nobody speaks until then, in the stream's
     * time; {@code Long.MAX_VALUE}: never.
     */
    public long nextStreamDeadline() {
        return silence.next(Rule.Silence::eventTimeMillis, part -> part.heardEventTimeMillis);
    }

    /** The same on the wall. */
    public long nextWallDeadline() {
        return silence.next(Rule.Silence::processingTimeMillis, part -> part.heardProcessingMillis);
    }

    /** Parts that have spoken. */
    public int partsHeard() {
        return parts.size();
    }

    /** All that a resumed watch needs; see {@link WatchState}. */
    public byte[] snapshot() {
        return WatchState.write(this);
    }

    /**
     * Goes on from what {@link #snapshot} gave. A rule that has changed since begins anew;
     * incidents of rules that have gone are ended by the next alarms.
     *
     * @throws IllegalArgumentException if it is of another format or cut short
     */
    public void restore(byte[] snapshot) {
        WatchState.read(this, snapshot);
    }

    /** The model whose watch wrote the snapshot. */
    public static String modelOf(byte[] snapshot) {
        return WatchState.model(snapshot);
    }
}

package freshet.learners.stability.rules;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What is known of one part of the pipeline: its numbers, and its rules and conditions by place.
 */
final class PartState {

    final String name;
    final long firstNumber;
    long lastNumber;
    long lastEventTimeMillis;

    /**
     * When it last spoke: time of the stream, and on the wall (not state: a restart is no pause).
     */
    long heardEventTimeMillis = Long.MIN_VALUE;

    long heardProcessingMillis = Long.MIN_VALUE;

    private final List<Map<Long, ConditionState>> conditions = new ArrayList<>(); // by condition
    private final List<Map<Long, Incident>> incidents = new ArrayList<>(); // by rule

    PartState(String name, long firstNumber, RuleSet rules) {
        this.name = name;
        this.firstNumber = firstNumber;
        for (int i = 0; i < rules.conditions(); i++) {
            conditions.add(new LinkedHashMap<>());
        }
        for (int i = 0; i < rules.rules().size(); i++) {
            incidents.add(new LinkedHashMap<>());
        }
    }

    static long place(int layer, int head) {
        return (long) layer << Integer.SIZE | head & 0xFFFF_FFFFL;
    }

    /** By place, in the order of their first points. */
    Map<Long, ConditionState> conditions(int condition) {
        return conditions.get(condition);
    }

    Map<Long, Incident> incidents(int rule) {
        return incidents.get(rule);
    }

    /** At the place itself, else of its layer, else of all; null if there is none. */
    ConditionState nearest(int condition, int layer, int head) {
        Map<Long, ConditionState> places = conditions.get(condition);
        ConditionState found = places.get(place(layer, head));
        if (found == null) {
            found = places.get(place(layer, -1));
        }
        return found == null ? places.get(place(-1, -1)) : found;
    }

    Incident incident(int rule, int layer, int head) {
        return incidents
                .get(rule)
                .computeIfAbsent(place(layer, head), unused -> new Incident(layer, head));
    }

    boolean isOpen(int rule, int layer, int head) {
        Incident incident = incidents.get(rule).get(place(layer, head));
        return incident != null && incident.isOpen();
    }
}

package freshet.operators;

import freshet.learners.stability.UpdateControl;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What can be ordered of learners, and the arguments that each action takes. Those of {@link
 * LearningControl} are obeyed for every learner; whether one obeys the others, it says itself.
 */
public final class LearnerActions {

    /** Names of arguments by action, both sorted. */
    public static final Map<String, Set<String>> ARGUMENTS = arguments();

    private LearnerActions() {}

    private static Map<String, Set<String>> arguments() {
        var arguments = new TreeMap<String, Set<String>>();
        arguments.put(LearningControl.FREEZE, Set.of());
        arguments.put(LearningControl.UNFREEZE, Set.of());
        arguments.put(LearningControl.HOLD, Set.of());
        arguments.put(LearningControl.RELEASE, Set.of());
        arguments.put(LearningControl.SKIP, Set.of("batches"));
        arguments.put(LearningControl.REWIND, sorted("version", "skip"));
        arguments.put(UpdateControl.SCALE_RATE, sorted("factor", "steps"));
        arguments.put(UpdateControl.RESET_MOMENTUM, Set.of());
        arguments.put("clipQueryKey", Set.of("threshold"));
        arguments.put("scaleQueryKey", sorted("factor", "layer", "head"));
        arguments.put("reparameterise", sorted("on", "layer"));
        arguments.put(UpdateControl.LIMIT_GRADIENT, Set.of("factor"));
        return Collections.unmodifiableMap(arguments);
    }

    private static Set<String> sorted(String... names) {
        return Collections.unmodifiableSet(new TreeSet<>(Set.of(names)));
    }
}

package freshet.learners.stability.rules;

import freshet.learners.Measurement;
import java.util.ArrayList;
import java.util.List;

/** Short words for the tests of rules. */
final class Reports {

    private Reports() {}

    /** One rule of these lines, which stand below its name. */
    static RuleSet rule(String lines) {
        return rules("rules:\n  A_RULE:\n    message: told\n" + lines.indent(4));
    }

    static RuleSet rules(String text) {
        return new RuleSource("test.yaml", text, List.of()).read();
    }

    static Report learner(long number, Measurement... points) {
        return new Report("learner", number, 1_000 * number, List.of(points));
    }

    static Report learner(long number, String name, double value) {
        return learner(number, Measurement.of(name, value));
    }

    static Measurement at(String name, int layer, int head, double value) {
        return new Measurement(name, layer, head, 1, value, value, value);
    }

    /** Numbers of the reports at which the rule fired (n) or was over (-n), of one series. */
    static List<Long> changes(RuleSet rules, String name, double... values) {
        var watch = new Watch(rules, "text");
        List<Long> changes = new ArrayList<>();
        for (int i = 0; i < values.length; i++) {
            long number = i + 1L;
            for (Alarm alarm : watch.add(learner(number, name, values[i]))) {
                changes.add(alarm.resolved() ? -number : number);
            }
        }
        return changes;
    }
}

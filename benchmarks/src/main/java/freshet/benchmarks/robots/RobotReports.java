package freshet.benchmarks.robots;

import freshet.benchmarks.LearnerReport;
import freshet.learners.StepReport;
import freshet.learners.stability.rules.Report;
import freshet.operators.RobotReport;
import freshet.pipelines.RobotOptions;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** What a stream of robots would report of its learner and of each robot that acts. */
final class RobotReports {

    private static final int EVERY_STEPS = RobotOptions.REPORT_EVERY.defaultValue();

    private final Consumer<Report> seen;
    private final Map<String, RobotReport> robots = new HashMap<>();

    /**
     * @param seen is told of each report as it is made
     */
    RobotReports(Consumer<Report> seen) {
        this.seen = seen;
    }

    void learned(StepReport report) {
        seen.accept(LearnerReport.of(report));
    }

    void acted(String name, long step, byte[] picture, double surpriseNats) {
        RobotReport robot = robots.computeIfAbsent(name, any -> new RobotReport());
        robot.saw(picture);
        robot.acted(step, step == 0, surpriseNats);
        if (robot.isDue(EVERY_STEPS)) {
            long number = robot.reports();
            seen.accept(new Report("robot:" + name, number, number, robot.take(step, 0)));
        }
    }

    void earned(String name, double reward) {
        robots.get(name).earned(reward);
    }
}

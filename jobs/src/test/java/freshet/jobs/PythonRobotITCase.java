package freshet.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import freshet.schemas.AvroCodec;
import freshet.schemas.ControlCommand;
import freshet.schemas.RobotObservation;
import freshet.schemas.StepOutcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The robot in docs/examples obeys the control topic as the Java client does. */
class PythonRobotITCase {

    private static final float TOLD = 0.5f; // by the broker that the test has in place of Kafka
    private static final int STEPS = 125;

    private final AvroCodec<ControlCommand> commands = AvroCodec.of(ControlCommand.class);

    @TempDir Path folder;

    @BeforeEach
    void pythonIsThere() throws Exception {
        boolean isThere;
        try {
            isThere = new ProcessBuilder("python3", "-c", "").start().waitFor() == 0;
        } catch (IOException e) {
            isThere = false;
        }
        assumeTrue(isThere, "there is no python3, so its example of a robot was not run");
    }

    @Test
    void aStopHoldsFromTheStepThatIsOpenOnUntilItIsResumed() throws Exception {
        command(10, "safeStop", Map.of(), true); // a trial
        command(20, "safeStop", Map.of("robot", "another"), false);
        command(30, "safeStop", Map.of(), false);
        command(40, "freeze", Map.of(), false); // for a model
        command(50, "resume", Map.of("robot", "another"), false);
        command(60, "resume", Map.of("robot", "ball"), false);
        Map<Long, StepOutcome> outcomes = run();
        assertThat(outcomes).hasSize(STEPS);
        for (long step = 0; step < STEPS; step++) {
            StepOutcome outcome = outcomes.get(step);
            boolean isStopped = step >= 29 && step < 59; // ordered after the 30th, the 60th
            if (isStopped) {
                assertThat(outcome.getAction()).as("step %d", step).containsExactly(0f);
                assertThat(outcome.getMissed()).isFalse();
            } else if (!outcome.getMissed()) {
                assertThat(outcome.getAction()).as("step %d", step).containsExactly(TOLD);
            }
        }
        assertThat(outcomes.values())
                .filteredOn(one -> one.getSequence() >= 59)
                .anyMatch(one -> one.getAction().get(0) == TOLD);
    }

    @Test
    void oneThatStartsAfterAStopIsStopped() throws Exception {
        command(0, "safeStop", Map.of("robot", "ball"), false);
        assertThat(run().values())
                .hasSize(STEPS)
                .allMatch(one -> one.getAction().get(0) == 0 && !one.getMissed());
    }

    private void command(int after, String action, Map<String, String> arguments, boolean dryRun)
            throws IOException {
        var command = new ControlCommand("" + after, "m", action, arguments, 0L, "test", dryRun);
        Files.write(folder.resolve(after + ".command"), commands.encode(command));
    }

    /** What the robot did and says of it, by step. */
    private Map<Long, StepOutcome> run() throws Exception {
        Path root = Path.of("").toAbsolutePath().getParent();
        var python =
                new ProcessBuilder(
                        "python3",
                        root.resolve("docs/examples/robot.py").toString(),
                        "--episodes=1",
                        "--hz=50");
        python.environment().put("PYTHONPATH", root.resolve("jobs/src/test/python").toString());
        python.environment().put("PYTHONDONTWRITEBYTECODE", "1");
        python.environment().put("FRESHET_SCRIPT", folder.toString());
        Process process =
                python.redirectErrorStream(true)
                        .redirectOutput(folder.resolve("said").toFile())
                        .start();
        assertThat(process.waitFor()).as(Files.readString(folder.resolve("said"))).isZero();
        AvroCodec<RobotObservation> codec = AvroCodec.of(RobotObservation.class);
        Map<Long, StepOutcome> outcomes = new TreeMap<>();
        for (String line : Files.readAllLines(folder.resolve("observations"))) {
            for (StepOutcome one : codec.decode(HexFormat.of().parseHex(line)).getOutcomes()) {
                outcomes.put(one.getSequence(), one);
            }
        }
        return outcomes;
    }
}

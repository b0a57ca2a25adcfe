package freshet.operators;

import static org.assertj.core.api.Assertions.assertThat;

import freshet.learners.Order;
import freshet.learners.SavedState;
import freshet.schemas.ControlAcknowledgement;
import freshet.schemas.ControlCommand;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CommandIntakeTest {

    /** Outlives what writes to it. */
    private record Log(List<ControlAcknowledgement> decided) implements DecisionLog {

        @Override
        public void write(ControlAcknowledgement decision) {
            decided.add(decision);
        }

        @Override
        public void close() {}
    }

    private final Log log = new Log(new ArrayList<>());

    private static TextRecord record(long eventTimeMillis) {
        return SmallText.record("mill", eventTimeMillis, eventTimeMillis, "water");
    }

    /** After each of the records: whether the learner was frozen before it came. */
    private List<Boolean> frozen(byte[] state, List<TextRecord> records, int commandAfter) {
        var control = new LearningControl(null, null); // a freeze is the control's own
        var intake = new CommandIntake("small", control, log);
        if (state != null) {
            intake.restore(state);
        }
        intake.open();
        List<Boolean> frozen = new ArrayList<>();
        for (TextRecord record : records) {
            intake.reached(record, 0);
            frozen.add(control.isFrozen());
            if (frozen.size() == commandAfter) {
                intake.take(
                        new ControlCommand("a", "small", "freeze", Map.of(), 0L, "test", false), 0);
            }
        }
        return frozen;
    }

    /** As images do whose labels come late: their places do not rise. */
    @Test
    void whereRecordsAreGivenAgainAnOrderHoldsAfterTheSameOneOnceMore() {
        List<TextRecord> records =
                List.of(record(1), record(2), record(3), record(1), record(4), record(2));
        List<Boolean> undisturbed = frozen(null, records, 4);
        assertThat(undisturbed).containsExactly(false, false, false, false, true, true);
        assertThat(log.decided().get(0).getAfterRecords()).isEqualTo(4);
        assertThat(frozen(null, records, -1)).isEqualTo(undisturbed);
    }

    /** The log is of the model: what its predictors have decided is no learner's to repeat. */
    @Test
    void whatPredictorsObeyedIsNotRepeatedByTheLearner() {
        var predictors =
                new CommandIntake(
                        "small",
                        new Commanded() {
                            @Override
                            public String obey(Order order, boolean dryRun) {
                                return "obeyed";
                            }

                            @Override
                            public void write(DataOutputStream out) {}

                            @Override
                            public void read(DataInputStream in) {}
                        },
                        log,
                        ServingActions.ARGUMENTS::containsKey);
        predictors.open();
        predictors.take(
                new ControlCommand("p", "small", "promote", Map.of(), 0L, "test", false), 0);
        assertThat(log.decided()).hasSize(1);
        assertThat(frozen(null, List.of(record(1), record(2)), -1)).containsExactly(false, false);
    }

    @Test
    void theCountGoesOnFromACheckpoint() {
        List<TextRecord> records =
                List.of(record(1), record(2), record(3), record(1), record(4), record(2));
        var intake = new CommandIntake("small", new LearningControl(null, null), log);
        intake.open();
        records.subList(0, 3).forEach(record -> intake.reached(record, 0));
        byte[] checkpoint = intake.snapshot();
        List<Boolean> undisturbed = frozen(null, records, 4);
        assertThat(frozen(checkpoint, records.subList(3, 6), -1))
                .isEqualTo(undisturbed.subList(3, 6));
    }

    /** The first format did not count: its places, of texts, rise. */
    @Test
    void aStateOfTheFirstFormatGoesOnByPlaces() {
        List<TextRecord> records = List.of(record(1), record(2), record(3), record(4), record(5));
        List<Boolean> undisturbed = frozen(null, records, 3);
        byte[] first =
                SavedState.write(
                        1,
                        out -> {
                            new LearningControl(null, null).write(out);
                            out.writeLong(2);
                            out.writeUTF("mill");
                            out.writeLong(2);
                            out.writeInt(0);
                            out.writeInt(0);
                        });
        assertThat(frozen(first, records.subList(2, 5), -1)).isEqualTo(undisturbed.subList(2, 5));
    }
}

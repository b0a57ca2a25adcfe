package freshet.operators;

import static org.assertj.core.api.Assertions.assertThat;

import freshet.learners.LearnedRecords;
import freshet.learners.Measurement;
import freshet.learners.stability.remedies.PolicySource;
import freshet.learners.stability.rules.RuleSource;
import freshet.schemas.Alert;
import freshet.schemas.AvroCodec;
import freshet.schemas.ControlCommand;
import freshet.schemas.RecordRun;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;
import org.junit.jupiter.api.Test;

class WatchFunctionTest {

    private static final RuleSource RULES =
            new RuleSource(
                    "test.yaml",
                    """
                    rules:
                      LOSS:
                        severity: high
                        message: the loss has jumped
                        warmUp: 0
                        clearFor: 3
                        coolDown: 0
                        when: {kind: robustZ, signal: lossNats, log: true, above: 8, window: 20}
                      SILENT:
                        severity: page
                        message: nothing comes
                        silence: {eventTimeSeconds: 60, processingTimeSeconds: 30}
                    """,
                    List.of());

    private static final PolicySource REMEDIES =
            new PolicySource(
                    "test.yaml",
                    """
                    remedies:
                      HOLD:
                        on: [LOSS]
                        quiet: 2
                        steps: [{holdPublication: {}}]
                        after: {releasePublication: {}}
                    """,
                    PolicySource.Mode.ACT);

    private static final OutputTag<OutRecord> COMMANDS =
            new OutputTag<>("commands", Types.POJO(OutRecord.class));

    private static KeyedOneInputStreamOperatorTestHarness<String, TelemetryRecord, AlertRecord>
            harness() throws Exception {
        var harness =
                new KeyedOneInputStreamOperatorTestHarness<String, TelemetryRecord, AlertRecord>(
                        new KeyedProcessOperator<>(
                                new WatchFunction(
                                        RULES, REMEDIES, COMMANDS, SmallText.DEAD_LETTERS)),
                        record -> record.modelName,
                        Types.STRING);
        // Alerts must survive the way between operators.
        harness.setup(
                Types.POJO(AlertRecord.class)
                        .createSerializer(harness.getExecutionConfig().getSerializerConfig()));
        return harness;
    }

    private static TelemetryRecord telemetry(String model, long number, double loss) {
        OutRecord out =
                new TelemetryRecords(model, "learner")
                        .of(
                                "learner",
                                number,
                                1_000 * number,
                                List.of(Measurement.of("lossNats", loss)),
                                LearnedRecords.ofEach(List.of("mill/" + number)));
        return decode(out.value);
    }

    private static TelemetryRecord decode(byte[] value) {
        return new TelemetryDecoder(1_000)
                .decode(
                        "telemetry",
                        0,
                        7,
                        900_000,
                        new byte[0],
                        value,
                        new String[0],
                        new byte[0][]);
    }

    /** Two models in turns; of one the loss jumps at 41 and comes back at 60. */
    private static List<TelemetryRecord> run() {
        List<TelemetryRecord> records = new ArrayList<>();
        for (long number = 1; number <= 80; number++) {
            double steady = 3 + 0.05 * (number % 3);
            records.add(telemetry("steady", number, steady));
            records.add(telemetry("breaks", number, number > 40 && number < 60 ? 9 : steady));
        }
        return records;
    }

    private static List<String> alerts(
            KeyedOneInputStreamOperatorTestHarness<String, TelemetryRecord, AlertRecord> harness)
            throws Exception {
        List<String> lines = new ArrayList<>();
        for (AlertRecord record : harness.extractOutputValues()) {
            Alert alert = AvroCodec.of(Alert.class).decode(record.encoded);
            assertThat(alert.getMessage()).isEqualTo(record.message);
            assertThat(alert.getPart()).isEqualTo("learner");
            String learned = "mill/" + alert.getNumber();
            assertThat(alert.getRecords()).containsExactly(new RecordRun(learned, learned));
            lines.add(alert.toString());
        }
        if (harness.getSideOutput(COMMANDS) != null) {
            for (var command : harness.getSideOutput(COMMANDS)) {
                byte[] value = command.getValue().value;
                lines.add(AvroCodec.of(ControlCommand.class).decode(value).toString());
            }
        }
        return lines;
    }

    @Test
    void alertsAfterARestoreInTheMiddleOfAnIncidentAreThoseOfTheUndisturbedRun() throws Exception {
        List<TelemetryRecord> run = run();
        List<String> undisturbed;
        try (var straight = harness()) {
            straight.open();
            for (TelemetryRecord record : run) {
                straight.processElement(record, record.eventTimeMillis);
            }
            undisturbed = alerts(straight);
            Collections.sort(undisturbed);
        }
        assertThat(undisturbed).hasSize(4);
        assertThat(undisturbed.get(0)).contains("breaks/HOLD/41/0/holdPublication");
        assertThat(undisturbed.get(1)).contains("releasePublication");
        assertThat(undisturbed.get(2)).contains("LOSS/breaks", "\"resolved\": false", "41");

        for (int cut : new int[] {1, 40, 81, 82, 83, 100, 120, 121, 124, 159}) {
            OperatorSubtaskState state;
            List<String> alerts = new ArrayList<>();
            try (var before = harness()) {
                before.open();
                for (TelemetryRecord record : run.subList(0, cut)) {
                    before.processElement(record, record.eventTimeMillis);
                }
                state = before.snapshot(1, 1);
                alerts.addAll(alerts(before));
            }
            try (var after = harness()) {
                after.initializeState(state);
                after.open();
                // What was read after the checkpoint comes again, and some of it twice.
                for (TelemetryRecord record : run.subList(Math.max(0, cut - 5), run.size())) {
                    after.processElement(record, record.eventTimeMillis);
                }
                alerts.addAll(alerts(after));
            }
            Collections.sort(alerts);
            assertThat(alerts).as("cut at %d", cut).isEqualTo(undisturbed);
        }
    }

    @Test
    void aModelThatFallsSilentIsToldOnceByTheStreamsTime() throws Exception {
        try (var harness = harness()) {
            harness.open();
            harness.processElement(telemetry("small", 1, 3), 1_000);
            harness.processElement(telemetry("wide", 1, 3), 1_000);
            harness.processElement(telemetry("wide", 50, 3), 50_000);
            harness.processWatermark(60_999);
            assertThat(alerts(harness)).isEmpty();
            harness.processWatermark(61_000);
            assertThat(alerts(harness)).singleElement().asString().contains("SILENT/small");
            harness.processWatermark(100_000);
            assertThat(alerts(harness)).hasSize(1);
            harness.processWatermark(110_000);
            assertThat(alerts(harness)).hasSize(2).last().asString().contains("SILENT/wide");
            harness.processElement(telemetry("small", 2, 3), 111_000);
            assertThat(alerts(harness)).hasSize(3).last().asString().contains("\"resolved\": true");
            // It speaks of long ago, but it speaks: the stream's time goes on from here.
            harness.processWatermark(169_999);
            assertThat(alerts(harness)).hasSize(3);
            harness.processWatermark(170_000);
            assertThat(alerts(harness)).hasSize(4);
        }
    }

    @Test
    void aModelThatFallsSilentIsToldOnTheWallAndARestartIsNoSilence() throws Exception {
        OperatorSubtaskState state;
        try (var before = harness()) {
            before.open();
            before.setProcessingTime(1_000);
            before.processElement(telemetry("small", 1, 3), 1_000);
            before.setProcessingTime(30_999);
            assertThat(alerts(before)).isEmpty();
            state = before.snapshot(1, 1);
            before.setProcessingTime(31_000);
            assertThat(alerts(before)).hasSize(1);
        }
        try (var after = harness()) {
            after.setProcessingTime(500_000);
            after.initializeState(state);
            after.open();
            after.setProcessingTime(500_001);
            assertThat(alerts(after)).isEmpty();
            after.setProcessingTime(530_000);
            assertThat(alerts(after)).isEmpty();
            after.setProcessingTime(530_002);
            assertThat(alerts(after)).hasSize(1);
        }
    }

    @Test
    void whatIsNoTelemetryIsADeadLetter() throws Exception {
        try (var harness = harness()) {
            harness.open();
            harness.processElement(decode(new byte[] {1, 2, 3}), 0);
            var letters = harness.getSideOutput(SmallText.DEAD_LETTERS);
            assertThat(letters).hasSize(1);
            OutRecord letter = letters.peek().getValue();
            assertThat(letter.value).isEqualTo(new byte[] {1, 2, 3});
            assertThat(BadModelsTest.headers(letter))
                    .containsEntry("freshet.reason", "UNDECODABLE");
        }
    }

    @Test
    void anEventTimeFarAheadOfTheLogIsADeadLetter() throws Exception {
        OutRecord out =
                new TelemetryRecords("small", "learner")
                        .of(1, 901_001, List.of(Measurement.of("lossNats", 1)));
        assertThat(decode(out.value).problem).isEqualTo("INVALID");
    }

    @Test
    void theVersionBeforeTheFirstUpdateIsNoDeadLetter() throws Exception {
        OutRecord out =
                new TelemetryRecords("small", "publication")
                        .of(0, -1, List.of(Measurement.of("probeLossNats", 7)));
        assertThat(decode(out.value).isValid()).isTrue();
    }
}

package freshet.jobs.demo.sabotage;

import static org.assertj.core.api.Assertions.assertThat;

import freshet.schemas.Alert;
import freshet.schemas.ControlAcknowledgement;
import freshet.schemas.Measurement;
import freshet.schemas.Severity;
import freshet.schemas.Telemetry;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TimelineTest {

    private final SabotagedTexts texts = new SabotagedTexts(Sabotage.RATE);
    private final Timeline timeline = new Timeline(Sabotage.RATE, "text", 450, texts);

    @Test
    void tellsWhenItBeganWhatWasRaisedAndWhatWasObeyed() {
        brokenRun();
        assertThat(timeline.takeLines())
                .anyMatch(line -> line.startsWith("update 451  SABOTAGE"))
                .anyMatch(line -> line.startsWith("update 455  ALARM HIGH UPDATE_LEVEL/text:"))
                .anyMatch(
                        line -> line.startsWith("update 460  OBEYED scaleLearningRate factor=0.3"))
                .anyMatch(line -> line.endsWith("UPDATE_LEVEL/text, open for 15 updates"));
        assertThat(timeline.takeLines()).isEmpty();
        var found = new Findings(timeline);
        assertThat(timeline.sabotagedAt()).isEqualTo(451);
        assertThat(found.firstAlarm().orElseThrow().number()).isEqualTo(455);
        assertThat(found.falseAlarms()).isEqualTo(1);
        assertThat(found.firstRemedy().orElseThrow().step()).isEqualTo(460);
        assertThat(found.lossAlarm()).isEmpty();
    }

    @Test
    void aVersionThatWasKeptBackIsNotServed() {
        brokenRun();
        publish(464, 4640, 9, 1);
        publish(480, 4800, 9, 0);
        learn(481, 4810, Map.of("publicationVetoed", 1.0));
        publish(496, 4960, 5.1, 0);
        var found = new Findings(timeline);
        assertThat(found.servedBad()).contains(false);
        assertThat(found.worstVersion().orElseThrow().number()).isEqualTo(496);
        assertThat(found.keptBack()).isEqualTo(2);
        assertThat(SabotageResults.figures(timeline, found)).contains("servedBad,false");
    }

    @Test
    void aBadVersionThatGotThroughIsTold() {
        brokenRun();
        publish(464, 4640, 9, 0);
        assertThat(new Findings(timeline).servedBad()).contains(true);
        publish(480, 4800, Double.NaN, 0);
        assertThat(new Findings(timeline).worstVersion().orElseThrow().number()).isEqualTo(480);
    }

    @Test
    void anOrderForWhatOpenedBeforeIsNoRemedy() {
        learn(100, 1000, Map.of());
        raise("LOSS_SPIKE", 100, false);
        obey("sabotage", "30", 450);
        obey("policy RATE for LOSS_SPIKE/text", "0.3", 460);
        assertThat(new Findings(timeline).orders()).hasSize(1);
        assertThat(new Findings(timeline).firstRemedy()).isEmpty();
    }

    @Test
    void isOverOnlyAfterALongCalm() {
        brokenRun();
        timeline.end("enough");
        for (int update = 471; update < 950; update++) {
            learn(update, 10L * update, Map.of());
            assertThat(timeline.isOver()).isFalse();
        }
        learn(951, 9510, Map.of());
        assertThat(timeline.isOver()).isTrue();
        raise("LOSS_SPIKE", 951, false);
        assertThat(timeline.isOver()).isFalse();
    }

    private void brokenRun() {
        learn(100, 1000, Map.of());
        raise("LOSS_SPIKE", 100, false);
        raise("LOSS_SPIKE", 101, true);
        publish(448, 4480, 5, 0);
        learn(450, 4500, Map.of("lossNats", 5.0));
        obey("sabotage", "30", 450);
        raise("UPDATE_LEVEL", 455, false);
        obey("policy RATE for UPDATE_LEVEL/text", "0.3", 460);
        raise("UPDATE_LEVEL", 470, true);
        learn(470, 4700, Map.of("lossNats", 5.0));
    }

    private void learn(long update, long eventTimeMillis, Map<String, Double> points) {
        timeline.add(telemetry("learner", update, eventTimeMillis, points));
    }

    private void publish(long version, long eventTimeMillis, double probeLoss, double held) {
        timeline.add(
                telemetry(
                        "publication",
                        version,
                        eventTimeMillis,
                        Map.of("probeLossNats", probeLoss, "publicationHeld", held)));
    }

    private static Telemetry telemetry(
            String part, long number, long eventTimeMillis, Map<String, Double> points) {
        List<Measurement> measurements =
                points.entrySet().stream()
                        .map(
                                one ->
                                        new Measurement(
                                                one.getKey(),
                                                -1,
                                                -1,
                                                1L,
                                                one.getValue(),
                                                one.getValue(),
                                                one.getValue()))
                        .toList();
        return new Telemetry("text", part, number, eventTimeMillis, measurements, List.of(), 0);
    }

    private void raise(String rule, long update, boolean resolved) {
        timeline.add(
                new Alert(
                        rule + "/text",
                        rule,
                        Severity.HIGH,
                        resolved,
                        "text",
                        0L,
                        -1L,
                        10 * update,
                        "It is so: it is 3",
                        List.of(),
                        "learner",
                        update,
                        List.of(),
                        0));
    }

    private void obey(String by, String factor, long step) {
        timeline.add(
                new ControlAcknowledgement(
                        by + step,
                        "text",
                        true,
                        "scale of the learning rate 1.0 -> " + factor,
                        step,
                        "scaleLearningRate",
                        Map.of("factor", factor),
                        by,
                        false,
                        10 * step,
                        "book",
                        7L,
                        10 * step));
    }
}

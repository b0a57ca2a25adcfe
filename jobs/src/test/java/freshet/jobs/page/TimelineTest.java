package freshet.jobs.page;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import freshet.jobs.page.Timeline.Window;
import org.junit.jupiter.api.Test;

class TimelineTest {

    private static final Window WINDOW = Window.MINUTES; // 150 steps of 2 s

    private final Timeline timeline = new Timeline(2);

    @Test
    void valuesOfOneStepMergeAsTelemetryDoes() {
        timeline.add("loss", 1_000, 3, 6, 1, 3);
        timeline.add("loss", 1_999, 1, 6, 6, 6);
        JsonNode loss = written(2_000).get("loss");
        assertThat(last(loss, "mean")).isEqualTo(3);
        assertThat(last(loss, "min")).isEqualTo(1);
        assertThat(last(loss, "max")).isEqualTo(6);
    }

    @Test
    void aStepEndsWhereTheNextBegins() {
        timeline.add("loss", 1_999, 1);
        timeline.add("loss", 2_000, 2);
        JsonNode loss = written(4_000).get("loss").get("mean");
        int steps = loss.size();
        assertThat(loss.get(steps - 2).doubleValue()).isEqualTo(1);
        assertThat(loss.get(steps - 1).doubleValue()).isEqualTo(2);
        assertThat(loss.get(steps - 3).isNull()).isTrue();
    }

    @Test
    void whatIsOlderThanTheWindowIsNotInItAndDoesNotComeBack() {
        long span = WINDOW.steps * WINDOW.stepMillis;
        timeline.add("loss", 0, 1);
        timeline.add("loss", span, 2); // takes the place of the first
        timeline.add("loss", 0, 3); // too late now
        JsonNode newest = written(span + 2_000).get("loss").get("mean");
        assertThat(newest.get(0).isNull()).isTrue();
        assertThat(newest.get(WINDOW.steps - 1).doubleValue()).isEqualTo(2);
        JsonNode before = written(2_000).get("loss").get("mean");
        assertThat(before.get(before.size() - 1).isNull()).isTrue();
    }

    @Test
    void aPauseLeavesAGapAndNoOldValues() {
        for (int step = 0; step < WINDOW.steps; step++) {
            timeline.add("loss", step * WINDOW.stepMillis, step);
        }
        long after = (WINDOW.steps + 50) * WINDOW.stepMillis;
        timeline.add("loss", after, -1);
        JsonNode mean = written(after + 2_000).get("loss").get("mean");
        int values = 0;
        for (JsonNode value : mean) {
            values += value.isNull() ? 0 : 1;
        }
        assertThat(values).isEqualTo(WINDOW.steps - 50);
        assertThat(mean.get(0).doubleValue()).isEqualTo(51);
    }

    @Test
    void chartsBeginWhereTheRecordsDo() {
        assertThat(new Section.View(WINDOW, 0, 99_999, 0).steps()).isEqualTo(50 + 2);
        assertThat(new Section.View(WINDOW, 99_000, 99_999, 0).steps()).isEqualTo(20);
        assertThat(new Section.View(WINDOW, 0, 9_999_999, 0).steps()).isEqualTo(WINDOW.steps);
        assertThat(new Section.View(WINDOW, Long.MAX_VALUE, -1, 0).steps()).isEqualTo(20);
    }

    @Test
    void lateSeriesAndValuesThatAreNoneAreNotKept() {
        timeline.add("a", 0, 1);
        timeline.add("b", 0, 1);
        timeline.add("c", 0, 1);
        timeline.add("a", 0, Double.NaN);
        assertThat(written(2_000)).hasSize(2);
        assertThat(last(written(2_000).get("a"), "mean")).isEqualTo(1);
    }

    @Test
    void fiveFiguresAreKept() {
        assertThat(Timeline.rounded(123_456.789)).isEqualTo(123_460);
        assertThat(Timeline.rounded(-0.000123456)).isEqualTo(-0.00012346);
        assertThat(Timeline.rounded(0)).isZero();
        assertThat(Timeline.rounded(Double.MIN_VALUE)).isEqualTo(Double.MIN_VALUE);
    }

    private ObjectNode written(long endMillis) {
        ObjectNode node = new ObjectMapper().createObjectNode();
        timeline.write(node, new Section.View(WINDOW, 0, endMillis - 1, endMillis));
        return node;
    }

    private static double last(JsonNode series, String figure) {
        return series.get(figure).get(series.get(figure).size() - 1).doubleValue();
    }
}

package freshet.jobs.commands;

import static org.assertj.core.api.Assertions.assertThat;

import freshet.schemas.Label;
import org.junit.jupiter.api.Test;

class LabelsHeldBackTest {

    @Test
    void withoutDelayALabelFollowsItsOwnRecord() {
        var labels = new LabelsHeldBack(0);
        labels.add(5, "s/5", 1);
        assertThat(labels.due(5, 70)).containsExactly(new Label("s/5", 1, 70L));
        assertThat(labels.due(6, 80)).isEmpty();
    }

    @Test
    void aLabelFollowsTheRecordSoManyLaterAndHasItsTime() {
        var labels = new LabelsHeldBack(2);
        labels.add(5, "s/5", 1);
        assertThat(labels.due(5, 70)).isEmpty();
        assertThat(labels.due(6, 80)).isEmpty(); // record 6 has no label
        labels.add(7, "s/7", 0);
        assertThat(labels.due(7, 90)).containsExactly(new Label("s/5", 1, 90L)); // 5 + 2 = 7
        labels.add(8, "s/8", 3);
        assertThat(labels.due(8, 100)).isEmpty();
        assertThat(labels.rest(100))
                .containsExactly(new Label("s/7", 0, 100L), new Label("s/8", 3, 100L));
        assertThat(labels.rest(100)).isEmpty();
    }
}

package freshet.learners.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import freshet.learners.tensor.CounterRandom;
import freshet.learners.vision.DriftSchedule.Stage;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DriftSourceTest {

    private static final LabelledImages IMAGES = images(5);

    private static LabelledImages images(int count) {
        var pixels = new ArrayList<byte[]>();
        int[] labels = new int[count];
        for (int i = 0; i < count; i++) {
            pixels.add(new byte[] {(byte) i, 0, 0, (byte) (2 * i)});
            labels[i] = i % 3;
        }
        return new LabelledImages(2, 2, pixels, labels);
    }

    @Test
    void everyPassShowsEveryPictureOnceInAnOrderOfItsOwn() {
        var source = new DriftSource(IMAGES, DriftSchedule.turns(0, 0), 1);
        var passes = new ArrayList<List<Integer>>();
        for (int pass = 0; pass < 4; pass++) {
            var shown = new ArrayList<Integer>();
            for (int i = 0; i < 5; i++) {
                DriftSource.Item item = source.get(pass * 5 + i);
                assertThat(item.label()).isEqualTo(item.image() % 3);
                shown.add(item.image());
            }
            assertThat(shown).containsExactlyInAnyOrder(0, 1, 2, 3, 4);
            passes.add(shown);
        }
        assertThat(passes).doesNotHaveDuplicates();
    }

    @Test
    void aStreamTakenUpAnywhereIsTheSame() {
        var schedule =
                new DriftSchedule(
                        List.of(
                                Stage.turns(0, 0, 5),
                                new Stage(8, Distortion.NONE, new Distortion(90, 1, 0.5), 0.3)));
        var straight = new DriftSource(IMAGES, schedule, 7);
        var again = new DriftSource(IMAGES, schedule, 7);
        var items = new ArrayList<DriftSource.Item>();
        for (int i = 0; i < 12; i++) {
            items.add(straight.get(i));
        }
        for (int i = 11; i >= 0; i--) {
            assertThat(again.get(i)).usingRecursiveComparison().isEqualTo(items.get(i));
        }
        assertThat(new DriftSource(IMAGES, schedule, 8).get(3).distortion())
                .isNotEqualTo(items.get(3).distortion());
    }

    @Test
    void movesInAStraightLineFromStageToStageAndStays() {
        var schedule = new DriftSchedule(List.of(Stage.turns(10, 0, 5), Stage.turns(30, 40, 55)));
        assertThat(schedule.at(0).high().degrees()).isEqualTo(5);
        // half of the way: 0 to 40 and 5 to 55
        assertThat(schedule.at(20).low().degrees()).isCloseTo(20, within(1e-12));
        assertThat(schedule.at(20).high().degrees()).isCloseTo(30, within(1e-12));
        assertThat(schedule.at(30).low().degrees()).isEqualTo(40);
        assertThat(schedule.at(1_000_000).high().degrees()).isEqualTo(55);
    }

    @Test
    void drawsWithinTheRangeAndLeavesAShareUntouched() {
        var schedule =
                new DriftSchedule(
                        List.of(new Stage(0, Distortion.turn(10), new Distortion(20, 2, 1), 0.25)));
        int untouched = 0;
        double sum = 0;
        for (int i = 0; i < 4000; i++) {
            Distortion drawn = schedule.draw(i, new CounterRandom(3, 0, 2L * i));
            if (drawn.equals(Distortion.NONE)) {
                untouched++;
            } else {
                assertThat(drawn.degrees()).isBetween(10.0, 20.0);
                assertThat(drawn.blur()).isBetween(0.0, 2.0);
                sum += drawn.degrees();
            }
        }
        // deviation sqrt(4000 * 0.25 * 0.75) = 27
        assertThat(untouched).isBetween(1000 - 137, 1000 + 137);
        // deviation 10 / sqrt(12) / sqrt(3000) = 0.053
        assertThat(sum / (4000 - untouched)).isCloseTo(15, within(0.27));
    }

    @Test
    void stagesOutOfOrderAreNamed() {
        assertThatThrownBy(
                        () ->
                                new DriftSchedule(
                                        List.of(Stage.turns(5, 0, 1), Stage.turns(5, 0, 2))))
                .hasMessageContaining("record 5 comes after record 5");
        assertThatThrownBy(() -> new DriftSchedule(List.of())).hasMessageContaining("stage");
    }
}

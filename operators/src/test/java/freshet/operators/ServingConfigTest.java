package freshet.operators;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Which texts are explained, and how far. */
class ServingConfigTest {

    @Test
    void ofTheExplainedTextsSomeHaveTheFlowAsWell() {
        var serving = new ServingConfig(false, 1, 5, -1, 3, 2);
        assertThat(places().filter(serving::explains).boxed())
                .containsExactly(-6L, -3L, 0L, 3L, 6L);
        assertThat(flows(serving, 3)).containsExactly(-6L, 0L, 6L);
    }

    @Test
    void aFlowThatCostsNothingIsAlwaysThereAndADearOneOnlyWhereItIsAsked() {
        var serving = new ServingConfig(false, 1, 5, -1, 3, 0);
        assertThat(flows(serving, 2)).containsExactly(-6L, -3L, 0L, 3L, 6L);
        assertThat(flows(serving, 3)).isEmpty();
    }

    @Test
    void noneIsExplained() {
        var serving = new ServingConfig(false, 1, 5, -1, 0, 2);
        assertThat(places().filter(serving::explains)).isEmpty();
    }

    private static List<Long> flows(ServingConfig serving, int layers) {
        return places().filter(serving::explains)
                .filter(place -> serving.hasFlow(place, layers))
                .boxed()
                .toList();
    }

    private static LongStream places() {
        return LongStream.rangeClosed(-7, 7);
    }
}

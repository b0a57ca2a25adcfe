package freshet.operators;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SourceOwnersTest {

    private static List<Integer> of(SourceOwners owners, String... sources) {
        return List.of(sources).stream().map(owners::of).toList();
    }

    @Test
    void sourcesAreDealtOutEvenlyAndStay() {
        var owners = new SourceOwners(3, 100);
        assertThat(of(owners, "mill", "weir", "quay", "lock")).containsExactly(0, 1, 2, 0);
        assertThat(of(owners, "weir", "lock", "mill", "quay", "ford"))
                .containsExactly(1, 0, 0, 2, 1);
    }

    @Test
    void theOneThatSpokeLongestAgoMakesRoomAndIsNewWhenItSpeaksAgain() {
        var owners = new SourceOwners(2, 3);
        assertThat(of(owners, "mill", "weir", "quay")).containsExactly(0, 1, 0);
        // weir goes, as mill has spoken since: the second worker has none then.
        assertThat(of(owners, "mill", "lock")).containsExactly(0, 1);
        // quay goes; each has one.
        assertThat(of(owners, "weir", "mill", "lock")).containsExactly(0, 0, 1);
    }

    @Test
    void noWorkerHasTwoMoreThanAnotherWhileNoneIsForgotten() {
        var random = new SplittableRandom(3);
        for (int trial = 0; trial < 200; trial++) {
            int workers = 1 + random.nextInt(8);
            var owners = new SourceOwners(workers, 1_000);
            Map<Integer, Integer> counts = new HashMap<>();
            int sources = workers + random.nextInt(40);
            for (int i = 0; i < sources; i++) {
                counts.merge(owners.of("source-" + random.nextLong()), 1, Integer::sum);
            }
            assertThat(counts).hasSize(workers);
            assertThat(counts.values())
                    .allMatch(
                            count -> count == sources / workers || count == sources / workers + 1);
        }
    }

    @Test
    void goesOnFromItsStateAsIfNothingHadBeen() throws IOException {
        var random = new SplittableRandom(5);
        var owners = new SourceOwners(3, 10);
        for (int step = 0; step < 500; step++) {
            String source = "source-" + random.nextInt(15);
            SourceOwners restored = copy(owners);
            assertThat(restored.of(source)).isEqualTo(owners.of(source));
        }
    }

    private static SourceOwners copy(SourceOwners owners) throws IOException {
        var bytes = new ByteArrayOutputStream();
        owners.write(new DataOutputStream(bytes));
        var copy = new SourceOwners(3, 10);
        copy.read(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
        return copy;
    }
}

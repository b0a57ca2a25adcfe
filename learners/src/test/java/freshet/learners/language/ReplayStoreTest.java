package freshet.learners.language;

import static org.assertj.core.api.Assertions.assertThat;

import freshet.learners.tensor.CounterRandom;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ReplayStoreTest {

    @Test
    void keepsTheNewestWindowsAndNoMore() {
        ReplayStore store = filled(4, 10);
        assertThat(store.size()).isEqualTo(4);
        assertThat(drawn(store)).containsExactly(6, 7, 8, 9);
    }

    @Test
    void drawsOnlyWhatIsThereBeforeItIsFull() {
        assertThat(drawn(filled(4, 2))).containsExactly(0, 1);
    }

    @Test
    void aStoreOfNoneKeepsNothing() {
        assertThat(filled(0, 3).size()).isZero();
    }

    @Test
    void drawsTheSameAfterItWasReadBackWhereverItsOldestLies() throws IOException {
        for (int added = 1; added <= 9; added++) {
            ReplayStore store = filled(4, added);
            var back = new ReplayStore(4);
            byte[] bytes = bytes(store);
            back.read(new DataInputStream(new ByteArrayInputStream(bytes)));
            assertThat(bytes(back)).isEqualTo(bytes);
            for (int more = 0; more < 6; more++) {
                long counter = more;
                assertThat(back.draw(new CounterRandom(3, 0, counter)))
                        .usingRecursiveComparison()
                        .isEqualTo(store.draw(new CounterRandom(3, 0, counter)));
                back.add(window(added + more));
                store.add(window(added + more));
            }
            assertThat(bytes(back)).isEqualTo(bytes(store));
        }
    }

    @Test
    void aSmallerStoreKeepsTheNewestOfWhatItReads() throws IOException {
        var smaller = new ReplayStore(2);
        smaller.read(new DataInputStream(new ByteArrayInputStream(bytes(filled(4, 7)))));
        assertThat(drawn(smaller)).containsExactly(5, 6);
    }

    private static ReplayStore filled(int capacity, int windows) {
        var store = new ReplayStore(capacity);
        for (int i = 0; i < windows; i++) {
            store.add(window(i));
        }
        return store;
    }

    /** Window {@code id}: as many tokens as its remainder by 3, after the id. */
    private static ReplayStore.Window window(int id) {
        int[] sequence = new int[1 + id % 3];
        sequence[0] = id;
        return new ReplayStore.Window(sequence, id % 2 == 0);
    }

    /** Ids that a hundred draws bring up, in order. */
    private static Set<Integer> drawn(ReplayStore store) {
        var random = new CounterRandom(1, 0, 0);
        var ids = new TreeSet<Integer>();
        for (int i = 0; i < 100; i++) {
            ReplayStore.Window window = store.draw(random);
            assertThat(window.fromStart()).isEqualTo(window.sequence()[0] % 2 == 0);
            ids.add(window.sequence()[0]);
        }
        return ids;
    }

    private static byte[] bytes(ReplayStore store) throws IOException {
        var bytes = new ByteArrayOutputStream();
        store.write(new DataOutputStream(bytes));
        return bytes.toByteArray();
    }
}

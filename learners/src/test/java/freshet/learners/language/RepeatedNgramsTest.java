package freshet.learners.language;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RepeatedNgramsTest {

    /** 100 to 119, hence nine n-grams. */
    private static final int[] TEXT = IntStream.range(100, 120).toArray();

    @Test
    void countsRunsOfTwelveTokensThatWereThere() {
        var repeated = new RepeatedNgrams(10);
        assertThat(repeated.share(TEXT)).isZero();
        repeated.add(TEXT);
        assertThat(repeated.share(TEXT)).isEqualTo(1);
        int[] other = TEXT.clone();
        other[17] = 7; // in the runs that begin at 6, 7 and 8
        assertThat(repeated.share(other)).isEqualTo(6 / 9.0);
        other[11] = 7; // in all
        assertThat(repeated.share(other)).isZero();
    }

    @Test
    void theSameTokensInAnotherOrderAreAnotherText() {
        var repeated = new RepeatedNgrams(10);
        repeated.add(TEXT);
        int[] turned =
                IntStream.range(0, TEXT.length).map(i -> TEXT[TEXT.length - 1 - i]).toArray();
        assertThat(repeated.share(turned)).isZero();
    }

    @Test
    void tooFewTokensHaveNoShare() {
        var repeated = new RepeatedNgrams(10);
        int[] few = Arrays.copyOf(TEXT, RepeatedNgrams.LENGTH - 1);
        repeated.add(few);
        assertThat(repeated.share(few)).isNaN();
        assertThat(repeated.share(TEXT)).isZero();
    }

    /** An n-gram in two windows is known until both are gone. */
    @Test
    void forgetsTheOldestWindow() {
        var repeated = new RepeatedNgrams(2);
        int[] other = IntStream.range(0, 20).toArray();
        repeated.add(TEXT);
        repeated.add(TEXT);
        repeated.add(other);
        assertThat(repeated.share(TEXT)).isEqualTo(1);
        repeated.add(other);
        assertThat(repeated.share(TEXT)).isZero();
    }

    @Test
    void readsTheNewestOfAStoreAndForgetsWhatItKnew() {
        var store = new ReplayStore(3);
        int[] other = IntStream.range(0, 20).toArray();
        for (int[] one : new int[][] {other, TEXT, TEXT, TEXT}) {
            store.add(new ReplayStore.Window(one, true));
        }
        var repeated = new RepeatedNgrams(3);
        repeated.add(other);
        repeated.read(store);
        assertThat(repeated.share(other)).isZero();
        assertThat(repeated.share(TEXT)).isEqualTo(1);
    }

    @Test
    void knowsNothingBesideAStoreOfNone() {
        var repeated = new RepeatedNgrams(0);
        repeated.add(TEXT);
        assertThat(repeated.share(TEXT)).isZero();
    }
}

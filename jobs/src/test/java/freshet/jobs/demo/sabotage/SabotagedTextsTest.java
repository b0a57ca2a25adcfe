package freshet.jobs.demo.sabotage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class SabotagedTextsTest {

    private static final String WORDS = "the whale, the whale! ".repeat(500);

    @Test
    void leavesTextsAloneUntilItBeginsAndOnceItHasEnded() {
        var texts = new SabotagedTexts(Sabotage.GARBAGE);
        byte[] sound = bytes("call me Ishmael");
        assertThat(texts.sent("a", 0, 10, sound)).isSameAs(sound);
        texts.begin();
        int altered = 0;
        for (int i = 1; i <= 20; i++) {
            altered += texts.sent("a", i, 10 + i, sound) == sound ? 0 : 1;
        }
        assertThat(altered).isEqualTo(Sabotage.GARBAGE.textsAltered());
        assertThat(texts.firstEventTimeMillis()).isEqualTo(11);
        assertThat(texts.lastEventTimeMillis()).isEqualTo(10 + altered);
        assertThat(texts.isAltered("a", 0)).isFalse();
        assertThat(texts.isAltered("a", 1)).isTrue();
        assertThat(texts.isAltered("a", altered + 1)).isFalse();
    }

    @Test
    void aFrozenSourceRepeatsItsFirstText() {
        var texts = new SabotagedTexts(Sabotage.FROZEN);
        texts.begin();
        byte[] first = bytes("first");
        assertThat(texts.sent("a", 3, 1, first)).isEqualTo(first);
        assertThat(texts.sent("b", 3, 2, bytes("second"))).isEqualTo(first);
    }

    @Test
    void poisonReplacesThatShareOfTheWordsTheSameEachTime() {
        byte[] poisoned = SabotagedTexts.poisoned(bytes(WORDS), 0.2, 7);
        assertThat(poisoned).isEqualTo(SabotagedTexts.poisoned(bytes(WORDS), 0.2, 7));
        String[] before = WORDS.split("\\W+");
        String[] after = new String(poisoned, StandardCharsets.UTF_8).split("\\W+");
        assertThat(after).hasSameSizeAs(before);
        int changed = 0;
        for (int i = 0; i < before.length; i++) {
            changed += before[i].equals(after[i]) ? 0 : 1;
        }
        assertThat((double) changed / before.length).isCloseTo(0.2, within(0.03));
    }

    @Test
    void poisonGrows() {
        assertThat(Sabotage.POISON.poison(0)).isPositive().isLessThan(0.03);
        assertThat(Sabotage.POISON.poison(40)).isEqualTo(0.2);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}

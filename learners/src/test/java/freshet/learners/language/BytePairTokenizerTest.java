package freshet.learners.language;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import freshet.learners.tensor.CounterRandom;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BytePairTokenizerTest {

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void anyBytesRoundTrip() {
        var tokenizer = BytePairTokenizer.load();
        var random = new CounterRandom(3, 0, 0);
        for (int length = 0; length < 300; length++) {
            byte[] noise = new byte[length];
            byte[] spaces = new byte[length];
            for (int i = 0; i < length; i++) {
                noise[i] = (byte) random.nextLong();
                spaces[i] = (byte) " \n\t\rab.9".charAt((int) random.nextLong(8));
            }
            assertThat(tokenizer.decode(tokenizer.encode(noise))).isEqualTo(noise);
            assertThat(tokenizer.decode(tokenizer.encode(spaces))).isEqualTo(spaces);
        }
        byte[] invalid = {(byte) 0xc3, 0x28, (byte) 0xff, 0, (byte) 0xe2, (byte) 0x82};
        assertThat(tokenizer.decode(tokenizer.encode(invalid))).isEqualTo(invalid);
        byte[] foreign = bytes("naïve — 漢字 🎈");
        assertThat(tokenizer.decode(tokenizer.encode(foreign))).isEqualTo(foreign);
    }

    @Test
    void theCommittedVocabularyIsTheOneThatModelsWereTrainedWith() {
        var tokenizer = BytePairTokenizer.load();
        assertThat(tokenizer.vocabulary()).isEqualTo(2048);
        for (int id = 0; id < 256; id++) {
            assertThat(tokenizer.token(id)).containsExactly((byte) id);
        }
        assertThat(tokenizer.hash())
                .as("a changed vocabulary needs a file of its own: old models cannot read it")
                .isEqualTo("7107fdfec1df8d5ba7de9d20a2be5d05bb6cf8c1f6eb561c14fdf4ae50994288");
    }

    @Test
    void mergesTheMostFrequentPairFirstAndTiesBySmallestBytes() {
        // "ab" three times, "cd" twice, "xa" once.
        List<byte[]> entries = BytePairTrainer.train(bytes("ab,ab,ab,cd,cd,xa"), 258);
        assertThat(entries).containsExactly(bytes("ab"), bytes("cd"));
        // "cd" and "ab" twice each: the smaller pair wins.
        assertThat(BytePairTrainer.train(bytes("cd,cd,ab,ab"), 257)).containsExactly(bytes("ab"));
        assertThatThrownBy(() -> BytePairTrainer.train(bytes("ab"), 300))
                .hasMessageContaining("300");
    }

    @Test
    void encodesByTheLowestMergeWithinEachWord() {
        var tokenizer =
                new BytePairTokenizer(List.of(bytes("bc"), bytes("ab"), bytes("abc"), bytes(" a")));
        // "abc": "bc" (256) is lower than "ab" (257), then "a" + "bc" is 258.
        assertThat(tokenizer.encode(bytes("abc"))).containsExactly(258);
        assertThat(tokenizer.encode(bytes("ab"))).containsExactly(257);
        // The space goes with the word that follows it, a line feed stands alone.
        assertThat(tokenizer.encode(bytes(" a\na"))).containsExactly(259, '\n', 'a');
    }

    @Test
    void wordsAreLettersOrSingleSignsWithTheirSpace() {
        byte[] text = bytes("It's 12 o'clock,  sir\n\n  x");
        List<String> words = new ArrayList<>();
        WordSplitter.split(
                text,
                (from, to) -> words.add(new String(text, from, to - from, StandardCharsets.UTF_8)));
        assertThat(words)
                .containsExactly(
                        "It", "'", "s", " 1", "2", " o", "'", "clock", ",", " ", " sir", "\n", "\n",
                        " ", " x");
    }

    @Test
    void linesOfTheVocabularyFileRoundTrip() throws Exception {
        var entries = new ArrayList<byte[]>();
        for (String entry : List.of("  ", "\n\n", "a\\n", "\t\u007f", "\r\n", "ab")) {
            entries.add(bytes(entry));
        }
        var file = new StringBuilder();
        entries.forEach(entry -> file.append(BytePairTokenizer.escape(entry)).append('\n'));
        var in = new java.io.ByteArrayInputStream(bytes(file.toString()));
        assertThat(BytePairTokenizer.read(in).hash())
                .isEqualTo(new BytePairTokenizer(entries).hash());
    }
}

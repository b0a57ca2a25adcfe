package freshet.jobs.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import freshet.jobs.CommandFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassNumbersTest {

    @TempDir Path folder;

    private static LabelledFile file(String className) {
        return new LabelledFile(Path.of("x.png"), className, "labels.csv line 3");
    }

    private static List<LabelledFile> files(String... classNames) {
        return Stream.of(classNames).map(ClassNumbersTest::file).toList();
    }

    @Test
    void namesThatOccurAreNumberedAsTheyAreSorted() {
        ClassNumbers numbers = ClassNumbers.occurringIn(files("shirt", "bag", "", "shirt", "boot"));
        assertThat(numbers).hasToString("0 bag, 1 boot, 2 shirt");
        assertThat(numbers.numberFor(file("shirt"))).hasValue(2);
        assertThat(numbers.numberFor(file(""))).isEmpty();
        assertThat(numbers.numberFor(file(" "))).isEmpty();
        assertThat(numbers.numberFor(file("1"))).hasValue(1);
    }

    @Test
    void numbersThatOccurStandForThemselves() {
        ClassNumbers numbers = ClassNumbers.occurringIn(files("10", "007", "9"));
        assertThat(numbers).hasToString("numbers as given");
        assertThat(numbers.numberFor(file("10"))).hasValue(10); // not 1, its place as a text
        assertThat(numbers.numberFor(file("007"))).hasValue(7);
    }

    @Test
    void namesAndNumbersMixedAreNotGuessedAt() {
        assertThatThrownBy(() -> ClassNumbers.occurringIn(files("3", "boot")))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("such as 3")
                .hasMessageContaining("such as boot")
                .hasMessageContaining("--classes");
    }

    @Test
    void givenNamesKeepTheirOrderAndTheirNumbersAreNamesToo() {
        ClassNumbers numbers = ClassNumbers.of(List.of("shirt", " bag ", "7"));
        assertThat(numbers.numberFor(file("shirt"))).hasValue(0);
        assertThat(numbers.numberFor(file("bag"))).hasValue(1);
        assertThat(numbers.numberFor(file("0"))).hasValue(0);
        assertThat(numbers.numberFor(file("7"))).hasValue(2); // a name first, if it is one
    }

    @Test
    void aClassThatIsNotGivenNamesWhereItIsSaid() {
        ClassNumbers numbers = ClassNumbers.of(List.of("bag", "boot"));
        assertThatThrownBy(() -> numbers.numberFor(file("bagg")))
                .isInstanceOf(CommandFailure.class)
                .hasMessage("labels.csv line 3: class 'bagg' is none of 0 bag, 1 boot");
        assertThatThrownBy(() -> numbers.numberFor(file("2"))) // two classes: 0 and 1
                .hasMessageContaining("labels.csv line 3: class '2'");
        assertThatThrownBy(() -> numbers.numberFor(file("-1")))
                .hasMessageContaining("class '-1' is none of");
    }

    @Test
    void noNameAnEmptyOneAndOneTwiceAreRefused() {
        assertThatThrownBy(() -> ClassNumbers.of(List.of("bag", "boot", "bag")))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("'bag' twice");
        assertThatThrownBy(() -> ClassNumbers.of(List.of())).hasMessageContaining("at least one");
        assertThatThrownBy(() -> ClassNumbers.of(List.of("bag", "")))
                .hasMessageContaining("'' as a name");
    }

    @Test
    void aFileHasOneNameALine() throws Exception {
        Path file = Files.writeString(folder.resolve("classes"), "shirt\r\nankle boot\n\nbag");
        assertThat(ClassNumbers.in(file)).hasToString("0 shirt, 1 ankle boot, 2 bag");
        assertThatThrownBy(() -> ClassNumbers.in(folder.resolve("missing")))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("missing is not a file");
    }
}

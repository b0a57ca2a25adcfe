package freshet.jobs.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import freshet.jobs.CommandFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabelledFilesTest {

    @TempDir Path temp;
    private Path folder;

    @BeforeEach
    void makeFolder() throws IOException {
        folder = Files.createDirectory(temp.resolve("pictures"));
    }

    private void file(String path) throws IOException {
        Path file = folder.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "content");
    }

    private Path csv(String content) throws IOException {
        return Files.writeString(temp.resolve("labels.csv"), content);
    }

    @Test
    void theFolderDirectlyBelowNamesTheClass() throws IOException {
        file("boot/b.png");
        file("boot/2024/a.png");
        file("bag/z.jpeg");
        file("no class.png");
        assertThat(LabelledFiles.below(folder))
                .extracting(file -> folder.relativize(file.file()), LabelledFile::className)
                .containsExactly(
                        tuple(Path.of("bag/z.jpeg"), "bag"),
                        tuple(Path.of("boot/2024/a.png"), "boot"),
                        tuple(Path.of("boot/b.png"), "boot"),
                        tuple(Path.of("no class.png"), ""));
    }

    @Test
    void namesWithADotInFrontAreLeftOut() throws IOException {
        file(".DS_Store");
        file("bag/._a.png");
        file(".thumbnails/a.png");
        file("bag/a.png");
        assertThat(LabelledFiles.below(folder))
                .extracting(LabelledFile::place)
                .containsExactly(folder.resolve("bag/a.png").toString());
    }

    @Test
    void aListKeepsItsOrderAndAnEmptyClassIsNone() throws IOException {
        Path csv = csv("z.png,boot\na/b.png,\nz.png,0\n");
        assertThat(LabelledFiles.listed(csv, folder))
                .containsExactly(
                        new LabelledFile(folder.resolve("z.png"), "boot", csv + " line 1"),
                        new LabelledFile(folder.resolve("a/b.png"), "", csv + " line 2"),
                        new LabelledFile(folder.resolve("z.png"), "0", csv + " line 3"));
    }

    @Test
    void quotesHoldCommasQuotesAndLineEnds() throws IOException {
        Path csv = csv("\"a, b.png\",\"12\"\" boot\"\r\n\"two\nlines.png\",bag\r\nc.png,bag");
        assertThat(LabelledFiles.listed(csv, folder))
                .extracting(LabelledFile::file, LabelledFile::className, LabelledFile::place)
                .containsExactly(
                        tuple(folder.resolve("a, b.png"), "12\" boot", csv + " line 1"),
                        tuple(folder.resolve("two\nlines.png"), "bag", csv + " line 2"),
                        tuple(folder.resolve("c.png"), "bag", csv + " line 4"));
    }

    @Test
    void headingsEmptyLinesAndAByteOrderMarkAreNoRows() throws IOException {
        Path csv = csv("\uFEFFPath,Class\n\na.png,bag\n\n\nb.png,boot\n\n");
        assertThat(LabelledFiles.listed(csv, folder))
                .extracting(file -> file.file().getFileName().toString(), LabelledFile::place)
                .containsExactly(tuple("a.png", csv + " line 3"), tuple("b.png", csv + " line 6"));
    }

    @Test
    void headingsAreOnlyExpectedAtTheTop() throws IOException {
        assertThat(LabelledFiles.listed(csv("a.png,bag\npath,class\n"), folder)).hasSize(2);
    }

    @Test
    void anEmptyListHasNoFiles() throws IOException {
        assertThat(LabelledFiles.listed(csv(""), folder)).isEmpty();
    }

    @Test
    void aRowThatIsNotAPathAndAClassIsNamedByItsLine() throws IOException {
        assertThatThrownBy(() -> LabelledFiles.listed(csv("a.png,bag\nb.png\n"), folder))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("labels.csv line 2 has 1 cells");
        assertThatThrownBy(() -> LabelledFiles.listed(csv("a.png,bag,boot\n"), folder))
                .hasMessageContaining("labels.csv line 1 has 3 cells");
    }

    @Test
    void quotesThatDoNotFitAreNamedByTheirLine() throws IOException {
        assertThatThrownBy(() -> LabelledFiles.listed(csv("a.png,bag\n\"b.png\"x,bag\n"), folder))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("labels.csv line 2: ");
        assertThatThrownBy(() -> LabelledFiles.listed(csv("a.png,bag\nb.png,\"bag\n"), folder))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("labels.csv line ");
    }

    @Test
    void aPathOutOfTheFolderIsRefused() throws IOException {
        for (String path : new String[] {"../x.png", "a/../../x.png", "/x.png", ""}) {
            assertThatThrownBy(() -> LabelledFiles.listed(csv(path + ",bag\n"), folder))
                    .isInstanceOf(CommandFailure.class)
                    .hasMessageContaining("labels.csv line 1: '" + path + "' is not a path within");
        }
    }

    @Test
    void theFolderMayBeThisOne() throws IOException {
        assertThat(LabelledFiles.listed(csv("a/../b.png,bag\n"), Path.of(".")))
                .extracting(LabelledFile::file)
                .containsExactly(Path.of("./a/../b.png"));
    }

    @Test
    void whatIsNotUtf8IsNamedByItsByte() throws IOException {
        Path csv = temp.resolve("labels.csv");
        Files.write(csv, "\u00e9.png,bag".getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> LabelledFiles.listed(csv, folder))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("labels.csv is not UTF-8 at byte 0");
    }

    @Test
    void aFileIsNoFolder() throws IOException {
        file("a.png");
        assertThatThrownBy(() -> LabelledFiles.below(folder.resolve("a.png")))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("a.png is not a folder");
    }
}

package freshet.jobs.plot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

class TerminalPlotTest {

    private static final Curves FALLING =
            new Curves(
                    "bits",
                    "KB",
                    List.of(1.0, 3.0, 5.0, 7.0),
                    List.of(
                            new Curves.Curve("flat", '×', List.of(Double.NaN, 4.0, 4.0, 4.0)),
                            new Curves.Curve("falling", '●', List.of(4.0, 3.0, 2.0, 1.0))),
                    List.of(new Curves.Mark(4.0, "something")));

    @Test
    void drawsEachPointInItsRowAndColumn() {
        // 16 columns leave 8 for 8 KB: places 1, 3, 5, 7 are columns 1, 3, 5, 7, the mark column 4.
        // 4 rows for 4 to 1: one row a bit.
        assertThat(plot(16))
                .containsExactly(
                        "bits:  ● falling  × flat",
                        "┊ something",
                        " 4.00 ┤ ● ×┊× ×",
                        "      │   ●┊",
                        "      │    ┊●",
                        " 1.00 ┤    ┊  ●",
                        "      └────────",
                        "       0   8 KB");
    }

    @Test
    void axisStaysWhereItIsWithValuesFromAHundredOn() {
        var high =
                new Curves(
                        "return",
                        "minutes",
                        List.of(1.0, 3.0),
                        List.of(new Curves.Curve("mean", '●', List.of(9.0, 120.0))),
                        List.of());
        StringWriter out = new StringWriter();
        TerminalPlot.print(high, 16, 4, new PrintWriter(out, true));
        assertThat(out.toString().lines().skip(1))
                .startsWith("120.0 ┤      ●", "      │", "      │", "  9.0 ┤  ●");
    }

    @Test
    void keepsToTheWidthOfTheTerminal() {
        assertThat(plot(40).stream().skip(2)).allMatch(line -> line.length() <= 40);
    }

    private static List<String> plot(int columns) {
        StringWriter out = new StringWriter();
        TerminalPlot.print(FALLING, columns, 4, new PrintWriter(out, true));
        return out.toString().lines().toList();
    }
}

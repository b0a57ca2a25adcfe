package freshet.jobs.demo;

import freshet.jobs.CommandFailure;
import freshet.jobs.plot.CurvePicture;
import freshet.jobs.plot.Curves;
import freshet.jobs.plot.TerminalPlot;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What a demo leaves: table and plot on the screen, picture and figures as files. */
final class Results {

    private static final int PLOT_ROWS = 14;
    private static final int PICTURE_POINTS = 120;

    /** A point of fewer texts than this would be noise. */
    private static final int TEXTS_A_POINT = 4;

    private Results() {}

    static void write(StreamMeter meter, Path folder, PrintWriter out, int columns) {
        List<StreamMeter.Point> points = meter.points();
        out.println();
        Summary.print(meter, out, columns);
        if (points.size() < 2 * TEXTS_A_POINT) {
            out.println("too few texts for a plot");
            return;
        }
        out.println();
        int plotColumns = TerminalPlot.pointsIn(columns);
        TerminalPlot.print(curves(points, plotColumns), columns, PLOT_ROWS, out);
        out.println();
        try {
            Path figures = folder.resolve("bits-per-byte.csv");
            Files.write(figures, lines(points));
            out.printf("figures      %s%n", figures);
            Path picture = folder.resolve("bits-per-byte.png");
            CurvePicture.write(curves(points, PICTURE_POINTS), picture);
            out.printf("picture      %s%n", picture);
        } catch (CommandFailure e) {
            out.println("no picture: " + e.getMessage());
        } catch (IOException e) {
            throw new CommandFailure("folder %s is not writable: %s".formatted(folder, e), e);
        }
    }

    /** Bits per byte in equal parts of the stream, at most {@code most}. */
    static Curves curves(List<StreamMeter.Point> points, int most) {
        int parts = Math.max(1, Math.min(most, points.size() / TEXTS_A_POINT));
        long end = points.get(points.size() - 1).streamBytes() + 1;
        Score[] scores = new Score[parts];
        Arrays.fill(scores, Score.NOTHING);
        double lateFrom = Double.NaN;
        for (StreamMeter.Point point : points) {
            int part = (int) (point.streamBytes() * parts / end);
            scores[part] = scores[part].plus(point.score());
            if (Double.isNaN(lateFrom) && point.source().equals(Corpus.LATE)) {
                lateFrom = point.streamBytes() / 1e3;
            }
        }
        List<Double> memory = new ArrayList<>();
        List<Double> online = new ArrayList<>();
        List<Double> frozen = new ArrayList<>();
        List<Double> kilobytes = new ArrayList<>();
        for (int part = 0; part < parts; part++) {
            double middle = (part + 0.5) * end / parts / 1e3;
            kilobytes.add(middle);
            memory.add(scores[part].memoryPerByte());
            online.add(scores[part].onlinePerByte());
            frozen.add(middle >= lateFrom ? scores[part].frozenPerByte() : Double.NaN);
        }
        return new Curves(
                "bits per byte",
                "KB of text",
                kilobytes,
                List.of(
                        new Curves.Curve("frozen", '×', frozen),
                        new Curves.Curve("online", '○', online),
                        new Curves.Curve("online + memory", '●', memory)),
                Double.isNaN(lateFrom)
                        ? List.of()
                        : List.of(new Curves.Mark(lateFrom, Corpus.LATE + " starts")));
    }

    private static List<String> lines(List<StreamMeter.Point> points) {
        List<String> lines = new ArrayList<>();
        lines.add("source,streamBytes,textBytes,bitsOnlineAndMemory,bitsOnline,bitsFrozen");
        for (StreamMeter.Point point : points) {
            Score score = point.score();
            lines.add(
                    String.format(
                            Locale.ROOT,
                            "%s,%d,%d,%.3f,%.3f,%.3f",
                            point.source(),
                            point.streamBytes(),
                            score.bytes(),
                            score.memory(),
                            score.online(),
                            score.frozen()));
        }
        return lines;
    }
}

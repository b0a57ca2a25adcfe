package freshet.jobs.demo.images;

import freshet.jobs.CommandFailure;
import freshet.jobs.demo.LiveLine;
import freshet.jobs.plot.CurvePicture;
import freshet.jobs.plot.Curves;
import freshet.jobs.plot.TerminalPlot;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/** What the demo leaves: table and plot on the screen, curve, sheet and figures as files. */
final class ImageResults {

    private static final int PLOT_ROWS = 16;
    private static final String ROW = "%-13s %9s %9s %9s %9s %11s%n";

    /** On the error, so it waits for labels. */
    private static final String ON_ERROR = "errorAlarmDdm";

    /** On the model's doubt and features, without labels. */
    private static final String ON_DOUBT = "driftAlarm";

    private final ImageMeter meter;
    private final TurningClothes clothes;
    private final int batch;
    private final Path folder;
    private final PrintWriter out;
    private final int columns;

    /**
     * @param batch images of one of the learners' updates
     */
    ImageResults(
            ImageMeter meter,
            TurningClothes clothes,
            int batch,
            Path folder,
            PrintWriter out,
            int columns) {
        this.meter = meter;
        this.clothes = clothes;
        this.batch = batch;
        this.folder = folder;
        this.out = out;
        this.columns = columns;
    }

    /**
     * @param onSheet pictures whose answers the meter kept
     * @param picturesARow of the sheet
     * @param brokenAt update of the GIFT model that was the first to be sabotaged
     */
    void write(
            long millis, int sent, List<Integer> onSheet, int picturesARow, OptionalLong brokenAt) {
        brokenAt.ifPresent(this::courseOfGift);
        table(millis, sent);
        Curves curves = curves();
        if (curves.places().size() < 2) {
            out.println("too few scored answers for a plot");
            return;
        }
        out.println();
        TerminalPlot.print(curves, columns, PLOT_ROWS, out);
        out.println();
        try {
            Path figures = folder.resolve("accuracy.csv");
            Files.write(figures, lines());
            out.printf("figures      %s%n", figures);
            Path picture = folder.resolve("accuracy.png");
            CurvePicture.write(curves, picture);
            out.printf("picture      %s%n", picture);
            Path sheet = folder.resolve("examples.png");
            new ExampleSheet(meter, clothes).write(onSheet, picturesARow, sheet);
            out.printf("examples     %s%n", sheet);
        } catch (CommandFailure e) {
            out.println("no picture: " + e.getMessage());
        } catch (IOException e) {
            throw new CommandFailure("folder %s is not writable: %s".formatted(folder, e), e);
        }
    }

    private void table(long millis, int sent) {
        out.println();
        out.printf(ROW, "accuracy, %", "upright", "turning", "newest", "log loss", "calibration");
        out.printf(ROW, "", "", "", "1,000", "nats", "error");
        for (ComparedModel model : ComparedModel.values()) {
            ImageMeter.Score turning = meter.score(model, TurningClothes.TURNING);
            out.printf(
                    ROW,
                    model.title(),
                    percent(meter.score(model, TurningClothes.UPRIGHT)),
                    percent(turning),
                    Double.isNaN(meter.sliding(model)) ? "-" : percent(meter.sliding(model)),
                    turning == null ? "-" : number("%.3f", turning.logLossNats()),
                    turning == null ? "-" : number("%.3f", turning.calibrationError()));
        }
        LiveLine.wrap(
                        String.format(
                                Locale.ROOT,
                                "%,d pictures in %.0f s: %.0f a second, each predicted and learned"
                                        + " by %d models; dead letters %d. Log loss and calibration"
                                        + " error are of the turning pictures.",
                                sent,
                                millis / 1e3,
                                sent * 1e3 / millis,
                                ComparedModel.values().length,
                                meter.deadLetters()),
                        columns)
                .forEach(out::println);
        for (Curves.Mark mark : firstAlarms()) {
            out.printf(
                    Locale.ROOT,
                    "%s on the frozen model after %,.0f turning pictures%n",
                    mark.label(),
                    1e3 * mark.place() - clothes.turningFrom());
        }
    }

    /** Accuracy before, at the worst and at the end, beside a model that nobody broke. */
    private void courseOfGift(long update) {
        out.printf("%-22s %7s %7s %7s%n", "accuracy, newest 1,000", "before", "worst", "end");
        for (ComparedModel model : List.of(ComparedModel.GIFT, ComparedModel.BALANCED)) {
            double before = Double.NaN;
            double worst = Double.NaN;
            for (ImageMeter.Point point : meter.points(model)) {
                if (point.scored() <= update * batch) {
                    before = point.sliding();
                } else {
                    worst =
                            Double.isNaN(worst)
                                    ? point.sliding()
                                    : Math.min(worst, point.sliding());
                }
            }
            out.printf(
                    "%-22s %7s %7s %7s%n",
                    model == ComparedModel.GIFT ? model.title() + ", broken" : model.title(),
                    percent(before),
                    percent(worst),
                    percent(meter.sliding(model)));
        }
    }

    /** The first alarm on the frozen model after the turn began: without labels, and by them. */
    private List<Curves.Mark> firstAlarms() {
        List<Curves.Mark> marks = new ArrayList<>();
        meter.alarms(ComparedModel.FROZEN, ON_DOUBT).stream()
                .map(update -> update * batch)
                .filter(picture -> picture > clothes.turningFrom())
                .findFirst()
                .ifPresent(
                        picture ->
                                marks.add(new Curves.Mark(picture / 1e3, "alarm without labels")));
        meter.alarms(ComparedModel.FROZEN, ON_ERROR).stream()
                .filter(scored -> scored > clothes.turningFrom())
                .findFirst()
                .ifPresent(
                        scored ->
                                marks.add(new Curves.Mark(scored / 1e3, "alarm by labels (DDM)")));
        return marks;
    }

    private static String percent(ImageMeter.Score score) {
        return score == null ? "-" : percent(score.accuracy());
    }

    private static String percent(double share) {
        return number("%.1f", 100 * share);
    }

    private static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }

    private Curves curves() {
        int reports = Integer.MAX_VALUE;
        for (ComparedModel model : ComparedModel.values()) {
            reports = Math.min(reports, meter.points(model).size());
        }
        List<Double> places = new ArrayList<>();
        for (ImageMeter.Point point : meter.points(ComparedModel.FROZEN).subList(0, reports)) {
            places.add(point.scored() / 1e3);
        }
        List<Curves.Curve> curves = new ArrayList<>();
        for (ComparedModel model : ComparedModel.values()) {
            List<Double> values = new ArrayList<>();
            for (ImageMeter.Point point : meter.points(model).subList(0, reports)) {
                values.add(100 * point.sliding());
            }
            curves.add(new Curves.Curve(model.title(), model.sign(), values));
        }
        return new Curves(
                "accuracy over the newest 1,000, %",
                "thousand pictures scored", places, curves, firstAlarms());
    }

    private List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add("model,scored,accuracySliding");
        for (ComparedModel model : ComparedModel.values()) {
            for (ImageMeter.Point point : meter.points(model)) {
                lines.add(
                        String.format(
                                Locale.ROOT,
                                "%s,%d,%.4f",
                                model.model(),
                                point.scored(),
                                point.sliding()));
            }
        }
        return lines;
    }
}

package freshet.jobs.demo.sabotage;

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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * Tells what came of a sabotage: a table, a plot, and files with figures, updates and a picture.
 */
final class SabotageResults {

    private static final String ROW = "%-22s %s%n";
    private static final String SCORES = "%-22s %7s %7s %7s%n";
    private static final int PLOT_ROWS = 14;
    private static final int PICTURE_POINTS = 200;
    private static final int FEWEST_UPDATES = 50;

    private SabotageResults() {}

    static void write(Timeline timeline, Path folder, PrintWriter out, int columns) {
        printCourse(timeline, out);
        if (timeline.sabotagedAt() == Timeline.NOT_YET) {
            return;
        }
        var found = new Findings(timeline);
        printScores(timeline, found, out, columns);
        files(timeline, found, folder, out, columns);
    }

    /** When what was done. */
    static void printCourse(Timeline timeline, PrintWriter out) {
        out.println();
        if (timeline.sabotagedAt() == Timeline.NOT_YET) {
            out.printf(
                    "The demo ended at update %d, before the sabotage, which comes at update %d.%n",
                    timeline.lastUpdate(), timeline.fromUpdate());
            return;
        }
        var found = new Findings(timeline);
        long start = timeline.sabotagedAt();
        Sabotage sabotage = timeline.sabotage();
        out.printf(
                ROW, "sabotage " + sabotage.word(), text("update %,d: %s", start, sabotage.what()));
        out.printf(
                ROW,
                "first alarm",
                found.firstAlarm()
                        .map(
                                alarm ->
                                        text(
                                                "update %,d, %,d later: %s %s",
                                                alarm.number(),
                                                alarm.number() - start,
                                                alarm.severity(),
                                                alarm.rule()))
                        .orElse("none"));
        out.printf(
                ROW,
                "first remedy obeyed",
                found.firstRemedy()
                        .map(
                                order ->
                                        text(
                                                "update %,d, %,d later: %s",
                                                order.step(), order.step() - start, order.text()))
                        .orElse("none"));
        out.printf(ROW, "first alarm on loss", lossAlarm(found, start));
        out.printf(
                ROW,
                "all in all",
                text(
                        "%d urgent alarms; orders: %d obeyed, %d proposed, %d refused; %d alarms before",
                        found.alarms().size(),
                        found.orders(Timeline.Fate.OBEYED),
                        found.orders(Timeline.Fate.PROPOSED),
                        found.orders(Timeline.Fate.REFUSED),
                        found.falseAlarms()));
        out.println();
    }

    private static void printScores(
            Timeline timeline, Findings found, PrintWriter out, int columns) {
        out.printf(SCORES, "bits per byte", "before", "worst", "end");
        scores("served", found, Timeline.Scored::served, out);
        scores("online model alone", found, Timeline.Scored::modelAlone, out);
        out.printf(
                SCORES,
                "probe loss, nats/token",
                found.versionBefore().map(v -> number(v.probeLossNats())).orElse("-"),
                found.worstVersion().map(v -> number(v.probeLossNats())).orElse("-"),
                found.lastVersion().map(v -> number(v.probeLossNats())).orElse("-"));
        prose(
                out,
                columns,
                text(
                        "bits: of texts that nobody altered, means of %d, at the worst of %d in a"
                                + " row; probe: of versions that were served, on one fixed text",
                        Findings.TEXTS, Findings.WORST_TEXTS));
        out.println();
        prose(out, columns, served(found));
        prose(out, columns, state(timeline));
    }

    private static String lossAlarm(Findings found, long start) {
        return found.lossAlarm()
                .map(
                        alarm ->
                                text(
                                        "update %,d, %,d later: %s",
                                        alarm.number(), alarm.number() - start, alarm.rule()))
                .orElse(
                        found.firstRemedy().isPresent()
                                ? "never in this run, whose remedies acted"
                                : "never");
    }

    private static String served(Findings found) {
        String kept = text("%d versions were kept back", found.keptBack());
        Optional<Boolean> bad = found.servedBad();
        if (bad.isEmpty()) {
            return "Whether something bad was served is not known: no version was measured on the"
                    + " probe before and after. "
                    + kept
                    + ".";
        }
        Timeline.Version before = found.versionBefore().orElseThrow();
        Timeline.Version worst = found.worstVersion().orElseThrow();
        String figures =
                text(
                        "version %d loses %.3f nats on the probe, version %d before the sabotage"
                                + " %.3f (%+.1f %%; from 10 %% on it counts as bad)",
                        worst.number(),
                        worst.probeLossNats(),
                        before.number(),
                        before.probeLossNats(),
                        100 * (worst.probeLossNats() / before.probeLossNats() - 1));
        return bad.get()
                ? "A bad version was served: %s; %s.".formatted(figures, kept)
                : "Nothing bad was served: at the worst %s; %s.".formatted(figures, kept);
    }

    private static String state(Timeline timeline) {
        if (timeline.hasOpenAlarms() || !timeline.publishes()) {
            return "At the end the incident is not over: "
                    + (timeline.hasOpenAlarms() ? "alarms are open" : "no alarm is open")
                    + (timeline.publishes() ? "." : ", and nothing new is published.");
        }
        return "At the end no urgent alarm is open, and new versions are published.";
    }

    private static void scores(
            String name, Findings found, ToDoubleFunction<Timeline.Scored> bits, PrintWriter out) {
        out.printf(
                SCORES,
                name,
                number(found.before(bits)),
                number(found.worst(bits)),
                number(found.end(bits)));
    }

    private static void files(
            Timeline timeline, Findings found, Path folder, PrintWriter out, int columns) {
        out.println();
        List<Timeline.Update> updates = timeline.updates();
        if (updates.size() < FEWEST_UPDATES) {
            out.println("too few updates for a plot");
            return;
        }
        Curves plot = curves(timeline, found, TerminalPlot.pointsIn(columns));
        TerminalPlot.print(plot, columns, PLOT_ROWS, out);
        out.println();
        try {
            Path figures = folder.resolve("sabotage.csv");
            Files.write(figures, figures(timeline, found));
            out.printf("figures      %s%n", figures);
            Path series = folder.resolve("sabotage-updates.csv");
            Files.write(series, series(updates));
            out.printf("updates      %s%n", series);
            Path picture = folder.resolve("sabotage.png");
            CurvePicture.write(curves(timeline, found, PICTURE_POINTS), picture);
            out.printf("picture      %s%n", picture);
        } catch (CommandFailure e) {
            out.println("no picture: " + e.getMessage());
        } catch (IOException e) {
            throw new CommandFailure("folder %s is not writable: %s".formatted(folder, e), e);
        }
    }

    /** Means over equal parts of the run, at most {@code most}. */
    static Curves curves(Timeline timeline, Findings found, int most) {
        List<Timeline.Update> updates = timeline.updates();
        double end = timeline.lastUpdate() + 1.0;
        int parts = Math.min(most, updates.size());
        double usualRate = usualRate(timeline);
        double[][] sums = new double[3][parts];
        int[][] counts = new int[3][parts];
        for (Timeline.Update one : updates) {
            int part = (int) (one.number() * parts / end);
            double[] values = {
                one.lossNats(), one.lowestEntropy(), Math.log10(one.learningRate() / usualRate)
            };
            for (int i = 0; i < values.length; i++) {
                if (Double.isFinite(values[i])) {
                    sums[i][part] += values[i];
                    counts[i][part]++;
                }
            }
        }
        List<Double> places = new ArrayList<>();
        List<List<Double>> values =
                List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        for (int part = 0; part < parts; part++) {
            places.add((part + 0.5) * end / parts);
            for (int i = 0; i < values.size(); i++) {
                values.get(i).add(sums[i][part] / counts[i][part]); // none: NaN
            }
        }
        List<Curves.Mark> marks = new ArrayList<>();
        marks.add(new Curves.Mark(timeline.sabotagedAt(), "sabotage"));
        found.firstAlarm()
                .ifPresent(alarm -> marks.add(new Curves.Mark(alarm.number(), "first alarm")));
        found.firstRemedy()
                .ifPresent(order -> marks.add(new Curves.Mark(order.step(), "first remedy")));
        return new Curves(
                "by update",
                "updates",
                places,
                List.of(
                        new Curves.Curve("log10 of rate / usual", '×', values.get(2)),
                        new Curves.Curve("lowest entropy", '○', values.get(1)),
                        new Curves.Curve("loss, nats", '●', values.get(0))),
                marks);
    }

    /** Highest learning rate before the sabotage; 1 if not known. */
    private static double usualRate(Timeline timeline) {
        return timeline.updates().stream()
                .filter(one -> one.number() < timeline.sabotagedAt())
                .map(Timeline.Update::learningRate)
                .filter(rate -> rate > 0)
                .reduce(Math::max)
                .orElse(1.0);
    }

    private static List<String> series(List<Timeline.Update> updates) {
        List<String> lines = new ArrayList<>();
        lines.add("update,eventTimeMillis,lossNats,lowestEntropyNormalised,learningRate");
        for (Timeline.Update one : updates) {
            lines.add(
                    text(
                            "%d,%d,%.5f,%.5f,%.4g",
                            one.number(),
                            one.eventTimeMillis(),
                            one.lossNats(),
                            one.lowestEntropy(),
                            one.learningRate()));
        }
        return lines;
    }

    /** One figure a line; what there is not stays empty. */
    static List<String> figures(Timeline timeline, Findings found) {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("sabotage", timeline.sabotage().word());
        all.put("sabotagedAtUpdate", String.valueOf(timeline.sabotagedAt()));
        all.put("firstAlarm", found.firstAlarm().map(Timeline.Alarm::rule).orElse(""));
        all.put("firstAlarmAtUpdate", whole(found.firstAlarm().map(Timeline.Alarm::number)));
        all.put("firstRemedy", found.firstRemedy().map(Timeline.Obeyed::text).orElse(""));
        all.put("firstRemedyAfterUpdate", whole(found.firstRemedy().map(Timeline.Obeyed::step)));
        all.put("lossAlarm", found.lossAlarm().map(Timeline.Alarm::rule).orElse(""));
        all.put("lossAlarmAtUpdate", whole(found.lossAlarm().map(Timeline.Alarm::number)));
        all.put("alarmsBefore", String.valueOf(found.falseAlarms()));
        all.put("alarms", String.valueOf(found.alarms().size()));
        all.put("servedBitsPerByteBefore", number(found.before(Timeline.Scored::served)));
        all.put("servedBitsPerByteWorst", number(found.worst(Timeline.Scored::served)));
        all.put("servedBitsPerByteEnd", number(found.end(Timeline.Scored::served)));
        all.put("modelBitsPerByteBefore", number(found.before(Timeline.Scored::modelAlone)));
        all.put("modelBitsPerByteWorst", number(found.worst(Timeline.Scored::modelAlone)));
        all.put("modelBitsPerByteEnd", number(found.end(Timeline.Scored::modelAlone)));
        all.put("probeLossNatsBefore", loss(found.versionBefore()));
        all.put("probeLossNatsWorstServed", loss(found.worstVersion()));
        all.put("probeLossNatsEnd", loss(found.lastVersion()));
        all.put("versionsKeptBack", String.valueOf(found.keptBack()));
        all.put("servedBad", found.servedBad().map(String::valueOf).orElse(""));
        all.put("lastUpdate", String.valueOf(timeline.lastUpdate()));
        List<String> lines = new ArrayList<>();
        lines.add("figure,value");
        all.forEach((name, value) -> lines.add(name + "," + value));
        return lines;
    }

    private static String whole(Optional<Long> value) {
        return value.map(String::valueOf).orElse("");
    }

    private static String loss(Optional<Timeline.Version> version) {
        return version.map(one -> number(one.probeLossNats())).orElse("");
    }

    private static void prose(PrintWriter out, int columns, String text) {
        LiveLine.wrap(text, columns).forEach(out::println);
    }

    private static String number(double value) {
        return Double.isNaN(value) ? "-" : text("%.3f", value);
    }

    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}

package freshet.jobs.demo.robots;

import freshet.jobs.CommandFailure;
import freshet.jobs.demo.Demo;
import freshet.jobs.demo.LiveLine;
import freshet.jobs.plot.CurvePicture;
import freshet.jobs.plot.Curves;
import freshet.jobs.plot.TerminalPlot;
import freshet.jobs.robots.EpisodeLog;
import freshet.learners.worldmodel.RobotStep;
import freshet.operators.RobotSetup;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What the demo leaves: figures and plot on the screen, curves and film as pictures. */
final class RobotResults {

    private static final int PLOT_ROWS = 16;
    private static final double FIRST_SECONDS = 60;

    /** A model is some seconds old where its learner keeps pace. */
    private static final long BEHIND_MILLIS = 15_000;

    private static final String ROW = "%-42s %10s %10s%n";

    private final RobotFiles files;
    private final RobotMeter meter;
    private final RobotSetup setup;
    private final Path folder;
    private final PrintWriter out;
    private final int columns;

    /**
     * @param setup of the model
     * @param folder that gets the pictures
     */
    RobotResults(
            RobotFiles files,
            RobotMeter meter,
            RobotSetup setup,
            Path folder,
            PrintWriter out,
            int columns) {
        this.files = files;
        this.meter = meter;
        this.setup = setup;
        this.folder = folder;
        this.out = out;
        this.columns = columns;
    }

    /** Prints and draws all that there is; what is missing it says. */
    void write(long millis, KeptEpisodes episodes) {
        List<FilmSheet.Scene> scenes = scenes(episodes);
        table(scenes);
        prose(millis);
        out.println();
        try {
            curves();
            film(scenes);
        } catch (CommandFailure e) {
            out.println("no picture: " + e.getMessage());
        } catch (IOException e) {
            throw new CommandFailure("folder %s is not writable: %s".formatted(folder, e), e);
        }
    }

    private void table(List<FilmSheet.Scene> scenes) {
        out.println();
        out.printf(ROW, "", "early", "late");
        int count = files.episodes().size();
        if (count > 0) {
            out.printf(
                    ROW,
                    "return of %d at most, %d episodes"
                            .formatted(files.most(), Math.min(count, EpisodeLog.NEWEST)),
                    number("%.1f", files.meanReturn(Math.min(count, EpisodeLog.NEWEST) - 1)),
                    number("%.1f", files.meanReturn(count - 1)));
        }
        List<RobotMeter.Surprise> surprise = meter.surprise();
        if (!surprise.isEmpty()) {
            out.printf(
                    ROW,
                    "surprise, nats a step",
                    number("%.2f", surprise.get(0).nats()),
                    number("%.2f", surprise.get(surprise.size() - 1).nats()));
        }
        if (scenes.size() == 2) {
            Expectation early = scenes.get(0).expectation();
            Expectation late = scenes.get(1).expectation();
            out.printf(
                    ROW,
                    number("frames that fitted better, of %,d others", early.candidates()),
                    number("%,.1f", early.fittedBetter()),
                    number("%,.1f", late.fittedBetter()));
        }
    }

    private void prose(long millis) {
        List<RobotFiles.Report> reports = files.reports();
        if (reports.isEmpty()) {
            out.println("the robots did not come to report");
            return;
        }
        RobotFiles.Report last = reports.get(reports.size() - 1);
        wrapped(
                "%,d episodes, %,d actions in %s; an action was there after %.1f ms (p50) and %.1f"
                        + " ms (p99), at the end %.1f and %.1f",
                files.episodes().size(),
                last.actions(),
                Demo.clock(millis),
                last.p50Millis(),
                last.p99Millis(),
                last.newP50Millis(),
                last.newP99Millis());
        wrapped(
                "%,d deadlines missed (%.2f %%), %,d of them after the first minute; dead letters"
                        + " %d; newest model v%d",
                last.missed(),
                100.0 * last.missed() / Math.max(1, last.actions()),
                files.missedAfter(FIRST_SECONDS),
                meter.deadLetters(),
                meter.version());
        if (meter.modelAgeMillis() > BEHIND_MILLIS) {
            wrapped(
                    "The learner fell behind by %.0f s: it needs two free cores, or a lower --hz.",
                    meter.modelAgeMillis() / 1e3);
        }
    }

    private void wrapped(String format, Object... values) {
        LiveLine.wrap(number(format, values), columns).forEach(out::println);
    }

    private static String number(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    private void curves() throws IOException {
        if (files.episodes().size() < 2) {
            out.println("too few episodes for a plot");
            return;
        }
        Curves returns = returns();
        TerminalPlot.print(returns, columns, PLOT_ROWS, out);
        out.println();
        Path picture = folder.resolve("returns.png");
        CurvePicture.write(returns, picture);
        out.printf("returns      %s%n", picture);
        Curves surprise = surprise();
        if (surprise.places().size() >= 2) {
            Path second = folder.resolve("surprise.png");
            CurvePicture.write(surprise, second);
            out.printf("surprise     %s%n", second);
        }
    }

    private Curves returns() {
        List<Double> places = new ArrayList<>();
        List<Double> each = new ArrayList<>();
        List<Double> means = new ArrayList<>();
        for (int i = 0; i < files.episodes().size(); i++) {
            places.add(files.episodes().get(i).seconds() / 60);
            each.add(files.episodes().get(i).total());
            means.add(files.meanReturn(i));
        }
        return new Curves(
                "return of %d at most".formatted(files.most()),
                "minutes",
                places,
                List.of(
                        new Curves.Curve("an episode", '·', each),
                        new Curves.Curve("mean of the newest " + EpisodeLog.NEWEST, '●', means)),
                List.of());
    }

    private Curves surprise() throws IOException {
        List<Double> places = new ArrayList<>();
        List<Double> nats = new ArrayList<>();
        List<String> lines = new ArrayList<>(List.of("minutes,surpriseNats"));
        for (RobotMeter.Surprise point : meter.surprise()) {
            places.add(point.minutes());
            nats.add(point.nats());
            lines.add(number("%.3f,%.4f", point.minutes(), point.nats()));
        }
        Files.write(folder.resolve("surprise.csv"), lines);
        return new Curves(
                "surprise, nats a step",
                "minutes",
                places,
                List.of(new Curves.Curve("surprise", '●', nats)),
                List.of());
    }

    /** Of the first and the newest whole episode. */
    private List<FilmSheet.Scene> scenes(KeptEpisodes episodes) {
        List<FilmSheet.Scene> scenes = new ArrayList<>();
        episodes.first().flatMap(kept -> scene("Early", kept, episodes)).ifPresent(scenes::add);
        episodes.later().flatMap(kept -> scene("Late", kept, episodes)).ifPresent(scenes::add);
        return scenes;
    }

    private Optional<FilmSheet.Scene> scene(
            String when, KeptEpisodes.Kept kept, KeptEpisodes episodes) {
        List<RobotStep> candidates = episodes.framesBeside(kept);
        if (candidates.isEmpty()) {
            return Optional.empty();
        }
        Expectation expectation = Expectation.of(setup, kept, candidates, FilmSheet.COLUMNS);
        RobotStep start = kept.steps().get(0);
        return Optional.of(
                new FilmSheet.Scene(
                        number(
                                "%s: %s, episode %d, return %.1f of %d; model v%d",
                                when,
                                start.robot(),
                                start.episode(),
                                kept.total(),
                                kept.steps().size() - 1,
                                kept.model().step()),
                        number(
                                "Expected, before each look: the one of %,d frames of other"
                                        + " episodes that fits best. On average %,.1f of them"
                                        + " fitted better than the frame that came.",
                                expectation.candidates(), expectation.fittedBetter()),
                        expectation));
    }

    private void film(List<FilmSheet.Scene> scenes) throws IOException {
        if (scenes.isEmpty()) {
            out.println("no whole episode for a film");
            return;
        }
        Path film = folder.resolve("film.png");
        FilmSheet.write(scenes, setup.frame().height(), film);
        out.printf("film         %s%n", film);
    }
}

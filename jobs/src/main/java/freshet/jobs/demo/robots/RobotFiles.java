package freshet.jobs.demo.robots;

import freshet.jobs.robots.EpisodeLog;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What the robots' process writes about itself: returns of episodes, latencies and misses. Keeps a
 * few numbers for each episode and for every five seconds.
 */
final class RobotFiles {

    /**
     * An episode that has ended.
     *
     * @param seconds since the robots began
     */
    record Episode(double seconds, int steps, double total) {}

    /**
     * A report.
     *
     * @param actions and the following since the robots began, but for the last two: those of the
     *     newest answers, of the time since the report before
     */
    record Report(
            double seconds,
            long actions,
            long missed,
            double p50Millis,
            double p99Millis,
            double newP50Millis,
            double newP99Millis) {}

    private final CsvTail episodeLines;
    private final CsvTail reportLines;
    private final List<Episode> episodes = new ArrayList<>();
    private final List<Report> reports = new ArrayList<>();

    RobotFiles(Path episodes, Path reports) {
        episodeLines = new CsvTail(episodes);
        reportLines = new CsvTail(reports);
    }

    /** Reads what is new. */
    void read() {
        for (String[] line : episodeLines.newLines()) {
            episodes.add(
                    new Episode(
                            Double.parseDouble(line[0]),
                            Integer.parseInt(line[3]),
                            Double.parseDouble(line[4])));
        }
        for (String[] line : reportLines.newLines()) {
            reports.add(
                    new Report(
                            Double.parseDouble(line[0]),
                            Long.parseLong(line[1]),
                            Long.parseLong(line[2]),
                            Double.parseDouble(line[7]),
                            Double.parseDouble(line[8]),
                            Double.parseDouble(line[10]),
                            Double.parseDouble(line[11])));
        }
    }

    List<Episode> episodes() {
        return episodes;
    }

    /** The newest last. */
    List<Report> reports() {
        return reports;
    }

    /** Misses that came in the time between the newest report and the one before. */
    long newestMissed() {
        int last = reports.size() - 1;
        return last < 0 ? 0 : reports.get(last).missed() - (last == 0 ? 0 : missed(last - 1));
    }

    /** Misses from so many seconds on. */
    long missedAfter(double seconds) {
        long before = 0;
        for (Report report : reports) {
            if (report.seconds() <= seconds) {
                before = report.missed();
            }
        }
        return reports.isEmpty() ? 0 : missed(reports.size() - 1) - before;
    }

    private long missed(int report) {
        return reports.get(report).missed();
    }

    /**
     * Mean return of {@link EpisodeLog#NEWEST} episodes up to one, fewer at the start; NaN before
     * the first.
     *
     * @param last place of the newest of them; -1: none
     */
    double meanReturn(int last) {
        return episodes.subList(Math.max(0, last + 1 - EpisodeLog.NEWEST), last + 1).stream()
                .mapToDouble(Episode::total)
                .average()
                .orElse(Double.NaN);
    }

    /** Steps of the longest episode: no return is greater. */
    int most() {
        return episodes.stream().mapToInt(Episode::steps).max().orElse(0);
    }
}

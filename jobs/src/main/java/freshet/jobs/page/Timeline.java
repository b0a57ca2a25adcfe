package freshet.jobs.page;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Values over time, in equal steps of three widths at once, so that a browser that comes late or
 * reloads sees the last minutes and the last day alike. Values of one step merge as telemetry does:
 * counts and sums add, the smaller minimum and the larger maximum stay.
 *
 * <p>Bounded: {@link #maxSeries} series, each of 414 steps of four numbers (13 KB); later series
 * are not kept. What is older than a window is not in it. Not thread-safe.
 */
final class Timeline {

    /** What the browser may look at. */
    enum Window {
        MINUTES(2_000, 150),
        HOUR(30_000, 120),
        DAY(600_000, 144);

        final long stepMillis;
        final int steps;

        Window(long stepMillis, int steps) {
            this.stepMillis = stepMillis;
            this.steps = steps;
        }

        /** The end of the step that a moment lies in. */
        long endOf(long millis) {
            return (Math.floorDiv(millis, stepMillis) + 1) * stepMillis;
        }
    }

    private static final int FIGURES = 5; // significant ones; a page shows no more

    private final int maxSeries;
    private final Map<String, Map<Window, Ring>> series = new LinkedHashMap<>();

    Timeline(int maxSeries) {
        this.maxSeries = maxSeries;
    }

    boolean isEmpty() {
        return series.isEmpty();
    }

    /** Takes one value. */
    void add(String name, long millis, double value) {
        add(name, millis, 1, value, value, value);
    }

    /** Takes values that are merged already; those without a finite sum leave no trace. */
    void add(String name, long millis, double count, double sum, double min, double max) {
        if (!Double.isFinite(sum) || !(count > 0)) {
            return;
        }
        Map<Window, Ring> rings = series.get(name);
        if (rings == null) {
            if (series.size() == maxSeries) {
                return;
            }
            rings = new EnumMap<>(Window.class);
            for (Window window : Window.values()) {
                rings.put(window, new Ring(window.steps));
            }
            series.put(name, rings);
        }
        for (var ring : rings.entrySet()) {
            long step = Math.floorDiv(millis, ring.getKey().stepMillis);
            ring.getValue().add(step, count, sum, min, max);
        }
    }

    /**
     * Writes, of each series, {@code mean}, {@code min} and {@code max} of each step, oldest first,
     * null where there is none.
     *
     * @param view which steps
     */
    void write(ObjectNode into, Section.View view) {
        long last = Math.floorDiv(view.endMillis(), view.window().stepMillis) - 1;
        series.forEach(
                (name, rings) ->
                        rings.get(view.window()).write(into.putObject(name), last, view.steps()));
    }

    /** Five significant figures: a browser draws pixels. */
    static double rounded(double value) {
        if (value == 0 || !Double.isFinite(value)) {
            return value;
        }
        double scale = Math.pow(10, FIGURES - 1 - (int) Math.floor(Math.log10(Math.abs(value))));
        return Double.isFinite(scale) && scale > 0 ? Math.rint(value * scale) / scale : value;
    }

    /** The newest steps; a step's number is its time divided by its width. */
    private static final class Ring {
        private final double[] count;
        private final double[] sum;
        private final double[] min;
        private final double[] max;
        private long newest = Long.MIN_VALUE;

        Ring(int steps) {
            count = new double[steps];
            sum = new double[steps];
            min = new double[steps];
            max = new double[steps];
        }

        void add(long step, double addedCount, double addedSum, double least, double most) {
            if (newest != Long.MIN_VALUE && step <= newest - count.length) {
                return;
            }
            if (step > newest) {
                long from = Math.max(newest + 1, step - count.length + 1);
                for (long cleared = from; cleared <= step; cleared++) {
                    count[place(cleared)] = 0;
                }
                newest = step;
            }
            int place = place(step);
            boolean first = count[place] == 0;
            sum[place] = first ? addedSum : sum[place] + addedSum;
            min[place] = first ? least : Math.min(min[place], least);
            max[place] = first ? most : Math.max(max[place], most);
            count[place] += addedCount;
        }

        private int place(long step) {
            return (int) Math.floorMod(step, (long) count.length);
        }

        void write(ObjectNode into, long last, int steps) {
            ArrayNode means = into.putArray("mean");
            ArrayNode least = into.putArray("min");
            ArrayNode most = into.putArray("max");
            for (long step = last - steps + 1; step <= last; step++) {
                int place = place(step);
                boolean kept = step <= newest && step > newest - count.length;
                if (kept && count[place] > 0) {
                    means.add(rounded(sum[place] / count[place]));
                    least.add(rounded(min[place]));
                    most.add(rounded(max[place]));
                } else {
                    means.addNull();
                    least.addNull();
                    most.addNull();
                }
            }
        }
    }
}

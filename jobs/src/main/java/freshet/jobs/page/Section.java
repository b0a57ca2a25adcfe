package freshet.jobs.page;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * One part of the page: what it has taken from the topics, bounded, and how it looks as JSON. Used
 * under the lock of {@link PageState} alone.
 */
abstract class Section {

    /**
     * What a browser looks at, and when.
     *
     * @param window span of time of its charts
     * @param oldestMillis Kafka's timestamp of the oldest record that was read: charts do not begin
     *     much earlier
     * @param newestMillis that of the newest; -1: none came yet
     * @param nowMillis wall clock
     */
    record View(Timeline.Window window, long oldestMillis, long newestMillis, long nowMillis) {

        /** The right end of all charts. */
        long endMillis() {
            return window.endOf(newestMillis);
        }

        /** How many steps they show. */
        int steps() {
            long all = (endMillis() - oldestMillis) / window.stepMillis + 2;
            return (int) Math.max(FEWEST_STEPS, Math.min(window.steps, all));
        }

        /** Says both to the browser. */
        void write(ObjectNode into) {
            into.put("endMillis", endMillis());
            into.put("stepMillis", window.stepMillis);
        }
    }

    private static final int FEWEST_STEPS = 20;

    private final String name;
    private long version;

    /**
     * @param name as the browser knows it
     */
    Section(String name) {
        this.name = name;
    }

    final String name() {
        return name;
    }

    /** Grows with every change. */
    final long version() {
        return version;
    }

    final void changed() {
        version++;
    }

    /** Whether what it says depends on the time of day, so that it is sent again and again. */
    boolean ages() {
        return false;
    }

    abstract void write(ObjectNode into, View view);
}

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
     * @param newestMillis Kafka's timestamp of the newest record: the right end of all charts
     * @param nowMillis wall clock
     */
    record View(Timeline.Window window, long newestMillis, long nowMillis) {}

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

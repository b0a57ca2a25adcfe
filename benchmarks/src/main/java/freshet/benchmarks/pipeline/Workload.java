package freshet.benchmarks.pipeline;

import java.util.Map;

/** Records of one kind for a pipeline, made as they are sent. */
public interface Workload {

    /** What the records are, in the plural. */
    String unit();

    /** Records of a run at full load, numbered from 0. */
    int records();

    /** How many of the first {@code records} are answered. */
    int answers(int records);

    /** Options of the pipeline. */
    Map<String, String> options();

    Sender sender(PipelineRun run);

    /** Writes records to the topics of a run. */
    interface Sender extends AutoCloseable {

        /**
         * Returns before the broker has it. Numbers from {@link Workload#records} on begin anew.
         *
         * @param eventTimeMillis never falls from one record to the next
         */
        void send(int number, long eventTimeMillis);

        /** Waits until the broker has everything. */
        @Override
        void close();
    }
}

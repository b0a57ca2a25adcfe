package freshet.benchmarks.peers;

import freshet.benchmarks.pipeline.PipelineRun;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** What both sides are given, and what they are judged by. */
interface PeerTask {

    /** What the records are, in the plural. */
    String unit();

    /** Records of a run at full load, numbered from 0. */
    int records();

    /** How many of the first {@code records} are answered. */
    int answers(int records);

    /** Options of Freshet's pipeline. */
    Map<String, String> options();

    /** File of the loop in Python, in {@code benchmarks/peers}. */
    String script();

    /** Arguments of the loop besides those that all have. */
    List<String> arguments(PipelineRun run);

    /** Topics that are read. */
    List<String> topics(PipelineRun run);

    Sender sender(PipelineRun run);

    /** Which record an answer is to. */
    int number(ConsumerRecord<byte[], byte[]> answer, Side side);

    /** Titles of {@link #scores}, with a bar between each and the next. */
    String scoreColumns();

    /**
     * What a run is worth, as printed; read from its topics when it has ended.
     *
     * @param records that it was given
     */
    List<String> scores(PipelineRun run, Side side, int records);

    /** Who runs. */
    enum Side {
        FRESHET("Freshet"),
        LOOP("PyTorch loop");

        private final String title;

        Side(String title) {
            this.title = title;
        }

        @Override
        public String toString() {
            return title;
        }
    }

    /** Writes records to the topics of a run. */
    interface Sender extends AutoCloseable {

        /**
         * Returns before the broker has it. Numbers from {@link PeerTask#records} on begin anew.
         *
         * @param eventTimeMillis never falls from one record to the next
         */
        void send(int number, long eventTimeMillis);

        /** Waits until the broker has everything. */
        @Override
        void close();
    }
}

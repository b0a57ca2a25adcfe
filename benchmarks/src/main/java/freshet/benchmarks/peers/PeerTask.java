package freshet.benchmarks.peers;

import freshet.benchmarks.pipeline.PipelineRun;
import freshet.benchmarks.pipeline.Workload;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** What both sides are given, and what they are judged by. */
interface PeerTask {

    /** What both are given. */
    Workload workload();

    /** File of the loop in Python, in {@code benchmarks/peers}. */
    String script();

    /** Arguments of the loop besides those that all have. */
    List<String> arguments(PipelineRun run);

    /** Topics that are read. */
    List<String> topics(PipelineRun run);

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
}

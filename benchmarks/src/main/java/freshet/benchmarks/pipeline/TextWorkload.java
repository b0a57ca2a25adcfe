package freshet.benchmarks.pipeline;

import freshet.benchmarks.text.TextStream;
import freshet.jobs.commands.TextPublisher;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Kilobytes of books, from one source. */
public final class TextWorkload implements Workload {

    private static final String SOURCE = "book";
    private static final int RECORD_BYTES = 1024;

    private final TextStream stream;

    /**
     * @param books of the corpus, or text files
     */
    public TextWorkload(List<String> books, long bytes) throws IOException {
        stream = TextStream.of(books, RECORD_BYTES, bytes);
    }

    @Override
    public String unit() {
        return "texts";
    }

    @Override
    public int records() {
        return stream.texts().size();
    }

    @Override
    public int answers(int records) {
        return records;
    }

    @Override
    public Map<String, String> options() {
        return Map.of();
    }

    /** Of record {@code number}. */
    public byte[] bytes(int number) {
        return stream.texts().get(number % records()).bytes();
    }

    @Override
    public Sender sender(PipelineRun run) {
        var publisher = new TextPublisher(run.kafka(), run.textTopic(), SOURCE, 0);
        return new Sender() {
            @Override
            public void send(int number, long eventTimeMillis) {
                publisher.send(bytes(number), eventTimeMillis);
            }

            @Override
            public void close() {
                publisher.flush();
                publisher.close();
            }
        };
    }
}

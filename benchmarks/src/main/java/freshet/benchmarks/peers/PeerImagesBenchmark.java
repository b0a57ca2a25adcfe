package freshet.benchmarks.peers;

import freshet.benchmarks.pipeline.ImageWorkload;
import freshet.benchmarks.pipeline.PipelineRun;
import freshet.benchmarks.pipeline.Workload;
import freshet.jobs.TopicReader;
import freshet.pipelines.FreshetOptions;
import freshet.pipelines.ImageOptions;
import freshet.schemas.AvroCodec;
import freshet.schemas.ImagePrediction;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * The image pipeline beside the loop in Python that one would write instead. Every picture has its
 * label and both learn from it, so that both do the same work: nobody writes self-training in a
 * loop.
 */
@Command(
        name = "peer-images",
        mixinStandardHelpOptions = true,
        description = {
            "Pictures a second, latency and prequential accuracy of the image pipeline and of"
                    + " benchmarks/peers/image_loop.py: the same network and supervised recipe in"
                    + " PyTorch, in one loop, without telemetry and recovery. All pictures are"
                    + " upright, in PNG, with their label right behind them.",
            "Needs what benchmarks/peers/README.md lists."
        })
public final class PeerImagesBenchmark implements Callable<Integer>, PeerTask {

    @Option(names = "--images", description = "Of each run; default ${DEFAULT-VALUE}.")
    private int images = 20_000;

    @Option(names = "--pace", description = "Pictures a second; default ${DEFAULT-VALUE}.")
    private double pace = 500;

    @Mixin private PeerContest contest = new PeerContest();

    private final AvroCodec<ImagePrediction> predictions = AvroCodec.of(ImagePrediction.class);
    private ImageWorkload workload;

    @Override
    public Integer call() throws IOException {
        workload = new ImageWorkload(images);
        return contest.run(this, pace);
    }

    @Override
    public Workload workload() {
        return workload;
    }

    @Override
    public String script() {
        return "image_loop.py";
    }

    @Override
    public List<String> arguments(PipelineRun run) {
        return List.of("--labels", run.config().get(ImageOptions.LABELS_TOPIC));
    }

    @Override
    public List<String> topics(PipelineRun run) {
        return List.of(
                run.config().get(ImageOptions.IMAGES_TOPIC),
                run.config().get(ImageOptions.LABELS_TOPIC));
    }

    @Override
    public int number(ConsumerRecord<byte[], byte[]> answer, Side side) {
        return side == Side.FRESHET
                ? Math.toIntExact(PipelineRun.decode(predictions, answer).getSequence())
                : LoopAnswers.read(answer).get("sequence").asInt();
    }

    @Override
    public String scoreColumns() {
        return "accuracy, % | of the last quarter, % | answers that count";
    }

    @Override
    public List<String> scores(PipelineRun run, Side side, int records) {
        var whole = new Accuracy();
        var lastQuarter = new Accuracy();
        new TopicReader(run.kafka(), FreshetOptions.predictionsTopic(run.config()))
                .toTheEnd(
                        answer -> {
                            int number = number(answer, side);
                            if (counts(answer, side)) {
                                boolean right = label(answer, side) == workload.label(number);
                                whole.add(right);
                                if (number >= records - records / 4) {
                                    lastQuarter.add(right);
                                }
                            }
                            return true;
                        });
        return List.of(
                "%.1f".formatted(whole.percent()),
                "%.1f".formatted(lastQuarter.percent()),
                String.valueOf(whole.count));
    }

    /** Whether the model that answered cannot have seen the label; a loop asks before it learns. */
    private boolean counts(ConsumerRecord<byte[], byte[]> answer, Side side) {
        return side == Side.LOOP || PipelineRun.decode(predictions, answer).getIsTest();
    }

    private int label(ConsumerRecord<byte[], byte[]> answer, Side side) {
        return side == Side.FRESHET
                ? PipelineRun.decode(predictions, answer).getLabel()
                : LoopAnswers.read(answer).get("label").asInt();
    }

    private static final class Accuracy {
        private int count;
        private int right;

        void add(boolean isRight) {
            count++;
            right += isRight ? 1 : 0;
        }

        double percent() {
            return 100.0 * right / count;
        }
    }
}

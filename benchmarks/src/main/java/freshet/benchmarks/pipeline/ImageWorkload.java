package freshet.benchmarks.pipeline;

import freshet.benchmarks.images.ClothesFiles;
import freshet.learners.vision.DriftSchedule;
import freshet.pipelines.FreshetOptions;
import freshet.pipelines.ImageOptions;
import java.io.IOException;
import java.util.Map;

/** Upright clothes in PNG, each with its label right behind it. */
public final class ImageWorkload implements Workload {

    private final ClothesFiles clothes;

    public ImageWorkload(int images) throws IOException {
        clothes = new ClothesFiles(DriftSchedule.turns(0, 5), 21, images);
    }

    @Override
    public String unit() {
        return "pictures";
    }

    @Override
    public int records() {
        return clothes.count();
    }

    @Override
    public int answers(int records) {
        return records;
    }

    @Override
    public Map<String, String> options() {
        return Map.of(
                FreshetOptions.PIPELINE.key(),
                FreshetOptions.Pipeline.IMAGES.name(),
                ImageOptions.LABEL_WAIT.key(),
                "1 s");
    }

    /** Of picture {@code number}. */
    public int label(int number) {
        return clothes.label(number % records());
    }

    @Override
    public Sender sender(PipelineRun run) {
        var topics = new ImageTopics(run);
        return new Sender() {
            @Override
            public void send(int number, long eventTimeMillis) {
                topics.image(number, clothes.file(number % records()), eventTimeMillis);
                topics.labelAt(number, label(number), eventTimeMillis);
            }

            @Override
            public void close() {
                topics.close();
            }
        };
    }
}

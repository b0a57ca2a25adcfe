package freshet.operators;

import freshet.learners.BatchCutter;
import freshet.learners.LearnedRecords;
import freshet.learners.SavedState;
import freshet.learners.selftraining.ExampleBatch;
import freshet.learners.tensor.Weights;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Gathers images into batches of one kind each: with a label that came in time (the source),
 * without one (the target), with a label that came late (a labelled target).
 *
 * <p>State: less than one batch of each kind.
 */
final class ImageBatches implements BatchCutter<ImageRecord, LearnerSetup.Batch<ExampleBatch>> {

    private static final int FORMAT_VERSION = 1;

    private enum Kind {
        SOURCE,
        TARGET,
        LABELLED_TARGET
    }

    private record Example(String recordId, long settledMillis, int label, byte[] image) {}

    private final int size;
    private final String canarySource;
    private final Map<Kind, List<Example>> open = new EnumMap<>(Kind.class);

    /**
     * @param size examples of a batch, at least 1
     * @param canarySource see {@link ImageSetup}
     */
    ImageBatches(int size, String canarySource) {
        this.size = size;
        this.canarySource = canarySource;
        for (Kind kind : Kind.values()) {
            open.put(kind, new ArrayList<>());
        }
    }

    @Override
    public List<LearnerSetup.Batch<ExampleBatch>> add(ImageRecord record) {
        if (record.source.equals(canarySource)) {
            return canary(record);
        }
        Kind kind = kind(record);
        List<Example> examples = open.get(kind);
        examples.add(
                new Example(record.recordId, record.settledMillis, record.label, record.image));
        if (examples.size() < size) {
            return List.of();
        }
        open.put(kind, new ArrayList<>());
        List<String> ids = examples.stream().map(Example::recordId).toList();
        return List.of(
                new LearnerSetup.Batch<>(
                        batch(kind, examples),
                        record.settledMillis,
                        ids,
                        LearnedRecords.ofEach(ids)));
    }

    private static List<LearnerSetup.Batch<ExampleBatch>> canary(ImageRecord record) {
        if (!record.hasLabel()) {
            return List.of();
        }
        var batch = ExampleBatch.canary(Weights.fromBytes(record.image), new int[] {record.label});
        List<String> ids = List.of(record.recordId);
        return List.of(
                new LearnerSetup.Batch<>(
                        batch, record.settledMillis, ids, LearnedRecords.ofEach(ids)));
    }

    private static Kind kind(ImageRecord record) {
        if (!record.hasLabel()) {
            return Kind.TARGET;
        }
        return record.late ? Kind.LABELLED_TARGET : Kind.SOURCE;
    }

    private static ExampleBatch batch(Kind kind, List<Example> examples) {
        int numbers = examples.get(0).image.length / Float.BYTES;
        float[] images = new float[examples.size() * numbers];
        int[] labels = new int[examples.size()];
        for (int i = 0; i < labels.length; i++) {
            Weights.fromBytes(examples.get(i).image, images, i * numbers);
            labels[i] = examples.get(i).label;
        }
        return switch (kind) {
            case SOURCE -> ExampleBatch.source(images, labels);
            case TARGET -> ExampleBatch.target(images, labels.length);
            case LABELLED_TARGET -> ExampleBatch.labelledTarget(images, labels);
        };
    }

    /**
     * Format (int), then for each kind a count (int) and as many examples: id (UTF), time (long),
     * label (int), numbers (int count, floats).
     */
    @Override
    public byte[] snapshot() {
        return SavedState.write(
                FORMAT_VERSION,
                out -> {
                    for (Kind kind : Kind.values()) {
                        out.writeInt(open.get(kind).size());
                        for (Example example : open.get(kind)) {
                            out.writeUTF(example.recordId);
                            out.writeLong(example.settledMillis);
                            out.writeInt(example.label);
                            out.writeInt(example.image.length / Float.BYTES);
                            out.write(example.image);
                        }
                    }
                });
    }

    @Override
    public void restore(byte[] snapshot) {
        SavedState.read(
                "image batches",
                FORMAT_VERSION,
                snapshot,
                in -> {
                    for (Kind kind : Kind.values()) {
                        List<Example> examples = new ArrayList<>();
                        for (int i = in.readInt(); i > 0; i--) {
                            examples.add(
                                    new Example(
                                            in.readUTF(),
                                            in.readLong(),
                                            in.readInt(),
                                            in.readNBytes(Float.BYTES * in.readInt())));
                        }
                        open.put(kind, examples);
                    }
                });
    }
}

package freshet.benchmarks.images;

import freshet.learners.selftraining.Classifier;
import freshet.learners.selftraining.ExampleBatch;
import freshet.learners.vision.DriftSource;
import freshet.learners.vision.FeatureEncoder;
import freshet.learners.vision.ImageForm;
import freshet.learners.vision.LabelledImages;

/**
 * Pictures as a network reads them.
 *
 * @param pixels {@code [n, size]} in [0, 1], or what an encoder makes of them
 * @param labels {@code [n]}
 */
record Pictures(float[] pixels, int[] labels) {

    /**
     * Records [from, from + count) of a stream.
     *
     * @param form of its pictures, grey
     * @param encoder stands between them and the network; null for none
     */
    static Pictures of(
            DriftSource stream, long from, int count, ImageForm form, FeatureEncoder encoder) {
        int size = encoder == null ? form.size() : encoder.size(form);
        float[] seen = new float[count * size];
        float[] pixels = new float[form.size()];
        int[] labels = new int[count];
        for (int i = 0; i < count; i++) {
            DriftSource.Item item = stream.get(from + i);
            LabelledImages.toFloats(item.pixels(), pixels, 0);
            float[] one = encoder == null ? pixels : encoder.encode(pixels, form);
            System.arraycopy(one, 0, seen, i * size, size);
            labels[i] = item.label();
        }
        return new Pictures(seen, labels);
    }

    Pictures select(int[] indices) {
        int size = pixels.length / labels.length;
        float[] chosen = new float[indices.length * size];
        int[] chosenLabels = new int[indices.length];
        for (int i = 0; i < indices.length; i++) {
            System.arraycopy(pixels, indices[i] * size, chosen, i * size, size);
            chosenLabels[i] = labels[indices[i]];
        }
        return new Pictures(chosen, chosenLabels);
    }

    ExampleBatch targetBatch(boolean withLabels) {
        return withLabels
                ? ExampleBatch.labelledTarget(pixels, labels)
                : ExampleBatch.target(pixels, labels.length);
    }

    /** How many a model classifies as they are labelled. */
    int right(Classifier model) {
        return model.right(pixels, labels);
    }
}

package freshet.operators;

import freshet.learners.vision.EncodedImage;

/**
 * What passes through the image pipeline: an image, a label, or an image with its label; behind the
 * classifier, what the model said of it.
 */
public class ImageRecord extends InRecord {
    private static final long serialVersionUID = 1;

    /** The label of an image that has none. */
    public static final int NO_LABEL = -1;

    /** Joins images and labels. */
    public String recordId;

    /**
     * {@code [C, H, W]} in [0, 1], in the model's form, or what an encoder makes of that, as {@link
     * freshet.learners.tensor.Weights} writes floats, because Flink copies bytes at once and floats
     * one by one; null if this is a label, or answered.
     */
    public byte[] image;

    /** Class, from 0. */
    public int label = NO_LABEL;

    // Set where images and labels are joined.

    /** Event time at which it was known with which label, or without any, the image is used. */
    public long settledMillis;

    /** Whether the label came after the image had been used without. */
    public boolean late;

    // Set by the classifier.

    /** Of each class; null if no model has answered. */
    public float[] probabilities;

    public long modelVersion;
    public long trainedThroughMillis;

    /** Whether the model had not seen the image. */
    public boolean isTest;

    /** As it came, until it is decoded. */
    transient EncodedImage encoded;

    @Override
    byte[] content() {
        return value;
    }

    /** An answer's image was found to be in time before it was answered. */
    @Override
    boolean mayBeLate() {
        return probabilities == null;
    }

    @Override
    boolean isNumbered() {
        return learn && !isLabel();
    }

    /** Whether this is a label on its way to its image. */
    boolean isLabel() {
        return image == null && probabilities == null;
    }

    /** Another record that says the same and shares the arrays. */
    private ImageRecord copy() {
        var copy = new ImageRecord();
        copy.topic = topic;
        copy.partition = partition;
        copy.offset = offset;
        copy.appendTimeMillis = appendTimeMillis;
        copy.key = key;
        copy.value = value;
        copy.headerNames = headerNames;
        copy.headerValues = headerValues;
        copy.source = source;
        copy.sequence = sequence;
        copy.eventTimeMillis = eventTimeMillis;
        copy.learn = learn;
        copy.recordId = recordId;
        copy.image = image;
        copy.label = label;
        copy.settledMillis = settledMillis;
        copy.late = late;
        copy.probabilities = probabilities;
        copy.modelVersion = modelVersion;
        copy.trainedThroughMillis = trainedThroughMillis;
        copy.isTest = isTest;
        return copy;
    }

    /** This image, as it is used. */
    ImageRecord settled(int knownLabel, long atMillis, boolean isLate) {
        ImageRecord settled = copy();
        settled.label = knownLabel;
        settled.settledMillis = atMillis;
        settled.late = isLate;
        return settled;
    }

    /** What a model said of this image, in its place: the image itself goes no further. */
    ImageRecord answered(float[] ofEachClass, ModelVersion by) {
        ImageRecord answer = copy();
        answer.image = null;
        answer.value = null;
        answer.probabilities = ofEachClass;
        answer.modelVersion = by.version;
        answer.trainedThroughMillis = by.trainedThroughMillis;
        answer.isTest = !ServingVersions.hasSeen(by.trainedThroughMillis, eventTimeMillis);
        return answer;
    }

    boolean hasLabel() {
        return label != NO_LABEL;
    }
}

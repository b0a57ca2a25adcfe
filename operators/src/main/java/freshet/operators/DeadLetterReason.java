package freshet.operators;

/** Why a record was put aside; the name is what the dead letter's header and the metrics say. */
public enum DeadLetterReason {
    /** The bytes are not a record of a known schema. */
    UNDECODABLE,
    /** A field is outside its documented range. */
    INVALID,
    /** The text is longer than {@code text.max-bytes}. */
    TOO_LONG,
    /** The text is not UTF-8. */
    NOT_UTF8,
    /** The image is not one that can be decoded, or beyond the limits. */
    UNREADABLE_IMAGE,
    /** The event time is further than the allowed disorder behind the newest of its partition. */
    LATE,
    /** The source's sequence did not advance: a repeated record. */
    REPEATED,
    /** The label is not the one that its image was given first. */
    CONTRADICTING,
    /** No image of the label's record id came within {@code labels.max-delay}. */
    NO_IMAGE,
    /** Its model would be one more than {@code many.max-models}. */
    TOO_MANY_MODELS,
    /** Its model has used what {@code many.bytes-per-second} gives it. */
    OVER_QUOTA,
    /** A learner refused the batch: its loss or gradient was not finite. */
    HARMFUL,
    /** A model version could not be put together or is of another configuration. */
    MODEL_REFUSED
}

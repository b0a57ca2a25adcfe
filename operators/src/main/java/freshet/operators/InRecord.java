package freshet.operators;

import java.io.Serializable;

/**
 * A record of a topic of observations after decoding: either a valid observation or a problem. The
 * raw bytes stay with it until lateness is judged, so that a dead letter holds exactly what came.
 */
public abstract class InRecord implements Serializable {
    private static final long serialVersionUID = 1;

    // Where it came from.
    public String topic;
    public int partition;
    public long offset;

    /** The log's own timestamp, milliseconds since 1970: the same at every replay. */
    public long appendTimeMillis;

    // What came.
    public byte[] key;
    public byte[] value;
    public String[] headerNames;
    public byte[][] headerValues;

    // What it says, if it is valid.
    public String source;
    public long sequence;
    public long eventTimeMillis;
    public boolean learn;

    /**
     * A command on its way to the learner, as it was in its topic; null in an observation. Commands
     * travel among the records, as barriers do, so that they take effect between two of them.
     */
    public byte[] command;

    /** Null if the record is valid, else one of {@link DeadLetterReason}. */
    public String problem;

    public String problemDetail;

    public boolean isValid() {
        return problem == null;
    }

    public boolean isCommand() {
        return command != null;
    }

    /**
     * Whether it is told by its own partition if it is late. Not so behind a step that runs in
     * parallel, which brings records of one partition out of order, though never behind the
     * watermark.
     */
    boolean mayBeLate() {
        return true;
    }

    /** Whether its source's sequence must advance: questions may be asked twice. */
    boolean isNumbered() {
        return learn;
    }

    /**
     * Content that tells repeats of one source, sequence and time apart, whatever their arrival.
     */
    abstract byte[] content();
}

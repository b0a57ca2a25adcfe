package freshet.learners.memory;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.List;

/** What the hashed contexts of one shard, or of all of them, knew of each position of a text. */
public final class ContextAnswer {

    public void write(DataOutput out) throws IOException {
        throw new UnsupportedOperationException("in work");
    }

    public static ContextAnswer read(DataInput in) throws IOException {
        throw new UnsupportedOperationException("in work");
    }

    /** Joins the answers of all shards to one text. */
    public static ContextAnswer merge(List<ContextAnswer> answers) {
        throw new UnsupportedOperationException("in work");
    }
}

package freshet.operators;

import freshet.learners.Order;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/** What obeys orders between two records. */
interface Commanded {

    /**
     * Carries out an order, or only says what it would do.
     *
     * @return what was before and what is now
     * @throws IllegalArgumentException saying why not; then nothing has changed
     */
    String obey(Order order, boolean dryRun);

    /** What {@link #read} reads: all that orders have changed and nobody else keeps. */
    void write(DataOutputStream out) throws IOException;

    void read(DataInputStream in) throws IOException;
}

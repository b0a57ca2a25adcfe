package freshet.operators;

import freshet.schemas.ControlAcknowledgement;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * Where it is written what becomes of each command, before it takes effect.
 *
 * <p>When a command reaches a learner depends on the network, so a learner that goes back to a
 * checkpoint would meet it at another record. It therefore writes down after which record it
 * carries a command out, and only then does; after a failure it reads that and does the same again.
 * The log is outside of checkpoints for that reason: it must survive what they undo.
 */
public interface DecisionLog extends AutoCloseable {

    /** Travels with the job graph. */
    interface Factory extends Serializable {

        DecisionLog open(String modelName);

        /** For learners that get no commands. */
        static Factory none() {
            return modelName -> new InMemory();
        }
    }

    /** What has been decided for the model, oldest first. */
    List<ControlAcknowledgement> decided();

    /** Returns when it will survive. */
    void write(ControlAcknowledgement decision);

    @Override
    void close();

    /** Forgets with the process. */
    final class InMemory implements DecisionLog {
        private final List<ControlAcknowledgement> decisions = new ArrayList<>();

        @Override
        public List<ControlAcknowledgement> decided() {
            return List.copyOf(decisions);
        }

        @Override
        public void write(ControlAcknowledgement decision) {
            decisions.add(decision);
        }

        @Override
        public void close() {}
    }
}

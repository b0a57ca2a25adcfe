package freshet.learners.stability.rules;

import freshet.learners.SavedState;
import freshet.learners.stability.Adwin;
import freshet.learners.stability.DriftDetector;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/** See {@link Kind.Drift}. */
final class OfDrift extends Detector {

    private final Kind.Drift kind;
    private final DriftDetector detector;

    OfDrift(Kind.Drift kind) {
        this.kind = kind;
        detector = kind.detectors().get();
    }

    @Override
    protected void look(long number, double value, boolean hold) {
        if (kind.detector() == Kind.DriftKind.DDM && value != 0 && value != 1) {
            return; // it takes errors, and nothing else
        }
        double before =
                detector instanceof Adwin adwin && adwin.length() > 0 ? adwin.mean() : value;
        boolean alarm = detector.add(value);
        if (alarm && kind.upOnly() && detector instanceof Adwin adwin) {
            alarm = adwin.mean() > before; // a loss that falls is what learning is for
        }
        figure = value;
        beyond = alarm;
        lasting = alarm;
    }

    @Override
    protected void writeOwn(DataOutputStream out) throws IOException {
        byte[] state = detector.snapshot();
        SavedState.writeBlock(out, state);
    }

    @Override
    protected void readOwn(DataInputStream in) throws IOException {
        detector.restore(SavedState.readBlock(in));
    }
}

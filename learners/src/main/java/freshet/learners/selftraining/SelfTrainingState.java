package freshet.learners.selftraining;

import freshet.learners.LearnerSnapshot;
import freshet.learners.SavedState;
import freshet.learners.stability.UpdateControl;
import freshet.learners.tensor.Weights;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * The payload of a self-training learner's snapshot.
 *
 * <p>Format 1, big-endian: seed (long), random numbers drawn (long), whether target examples were
 * seen (boolean), source updates (long), target updates and target examples since the schedule
 * started (longs), updates since Adam started (long), number of weights (int), student, first
 * moments, second moments, teacher (floats), number of classes (int), prior, pseudo-label shares
 * (doubles), {@link Reservoir#write reservoir}.
 *
 * <p>Format 2 has at its end the drift detectors: number of bytes (int), {@link
 * DriftWatch#snapshot}. Format 3 goes on with {@link UpdateControl#write}; before it nothing was
 * ever ordered.
 *
 * @param drawn random numbers drawn after the initial weights
 * @param adapting whether a target batch was learned
 * @param driftWatch of the detectors; empty in format 1
 */
record SelfTrainingState(
        long seed,
        long drawn,
        boolean adapting,
        long sourceSteps,
        long targetSteps,
        long targetExamples,
        long adamSteps,
        float[] student,
        float[] firstMoment,
        float[] secondMoment,
        float[] teacher,
        double[] prior,
        double[] pseudoLabelShares,
        byte[] driftWatch) {

    static final int OLDEST_FORMAT = 1;
    static final int FORMAT_VERSION = 3;

    byte[] toBytes(Reservoir reservoir, UpdateControl control) {
        var bytes = new ByteArrayOutputStream(4 * Float.BYTES * student.length + 1024);
        try (var out = new DataOutputStream(bytes)) {
            out.writeLong(seed);
            out.writeLong(drawn);
            out.writeBoolean(adapting);
            out.writeLong(sourceSteps);
            out.writeLong(targetSteps);
            out.writeLong(targetExamples);
            out.writeLong(adamSteps);
            out.writeInt(student.length);
            out.write(Weights.toBytes(student));
            out.write(Weights.toBytes(firstMoment));
            out.write(Weights.toBytes(secondMoment));
            out.write(Weights.toBytes(teacher));
            out.writeInt(prior.length);
            for (double share : prior) {
                out.writeDouble(share);
            }
            for (double share : pseudoLabelShares) {
                out.writeDouble(share);
            }
            reservoir.write(out);
            SavedState.writeBlock(out, driftWatch);
            control.write(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** Reads what {@link #toBytes} wrote, reservoir and control into those given. */
    static SelfTrainingState fromBytes(
            LearnerSnapshot snapshot,
            int weights,
            int classes,
            Reservoir reservoir,
            UpdateControl control) {
        try (var in = new DataInputStream(new ByteArrayInputStream(snapshot.payload()))) {
            long seed = in.readLong();
            long drawn = in.readLong();
            boolean adapting = in.readBoolean();
            long sourceSteps = in.readLong();
            long targetSteps = in.readLong();
            long targetExamples = in.readLong();
            long adamSteps = in.readLong();
            expect("weights", in.readInt(), weights);
            float[] student = Weights.read(in, weights);
            float[] firstMoment = Weights.read(in, weights);
            float[] secondMoment = Weights.read(in, weights);
            float[] teacher = Weights.read(in, weights);
            expect("classes", in.readInt(), classes);
            double[] prior = doubles(in, classes);
            double[] shares = doubles(in, classes);
            reservoir.read(in);
            byte[] driftWatch =
                    snapshot.formatVersion() == 1 ? new byte[0] : SavedState.readBlock(in);
            if (snapshot.formatVersion() < FORMAT_VERSION) {
                control.readNothing(adamSteps);
            } else {
                control.read(in);
            }
            return new SelfTrainingState(
                    seed,
                    drawn,
                    adapting,
                    sourceSteps,
                    targetSteps,
                    targetExamples,
                    adamSteps,
                    student,
                    firstMoment,
                    secondMoment,
                    teacher,
                    prior,
                    shares,
                    driftWatch);
        } catch (IOException e) {
            throw new IllegalArgumentException("self-training learner's payload is cut short", e);
        }
    }

    private static void expect(String what, int saved, int here) {
        if (saved != here) {
            throw new IllegalArgumentException(
                    "snapshot has %d %s, the model %d".formatted(saved, what, here));
        }
    }

    private static double[] doubles(DataInputStream in, int count) throws IOException {
        double[] values = new double[count];
        for (int i = 0; i < count; i++) {
            values[i] = in.readDouble();
        }
        return values;
    }
}

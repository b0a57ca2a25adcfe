package freshet.learners.language;

import freshet.learners.LearnerSnapshot;
import freshet.learners.tensor.Weights;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.TreeMap;

/**
 * The payload of a language learner's snapshot.
 *
 * <p>Format 3, big-endian: seed (long), random numbers drawn for replay (long), number of weights
 * (int), weights, first moments, second moments, average of the weights (floats), spectral vectors
 * (int count, then per matrix its name as UTF, int length, doubles), replay store (int count, then
 * per window: from its source's start (boolean), length (short), ids (shorts)), gammas with their
 * moments (int count, then three times so many floats), what {@link LanguageRemedies} writes.
 * Format 2 ends after the replay store: nothing was ever ordered. Format 1 also lacks the average,
 * which then starts anew from the weights.
 *
 * @param drawn random numbers drawn for replay so far
 * @param parameters the model's weights
 * @param gammas values, first and second moments of the reparameterisation's gammas, one after the
 *     other
 * @param spectralVectors carried vectors of the spectral probes, by the matrix's name
 */
public record LanguageLearnerState(
        long seed,
        long drawn,
        float[] parameters,
        float[] firstMoment,
        float[] secondMoment,
        float[] average,
        float[] gammas,
        Map<String, double[]> spectralVectors) {

    static final int FORMAT_VERSION = 3;
    static final int WITHOUT_ORDERS = 2;
    static final int WITHOUT_AVERAGE = 1;

    byte[] toBytes(ReplayStore replay, LanguageRemedies remedies) {
        var bytes = new ByteArrayOutputStream(4 * Float.BYTES * parameters.length + 1024);
        try (var out = new DataOutputStream(bytes)) {
            out.writeLong(seed);
            out.writeLong(drawn);
            out.writeInt(parameters.length);
            out.write(Weights.toBytes(parameters));
            out.write(Weights.toBytes(firstMoment));
            out.write(Weights.toBytes(secondMoment));
            out.write(Weights.toBytes(average));
            out.writeInt(spectralVectors.size());
            for (var entry : spectralVectors.entrySet()) {
                out.writeUTF(entry.getKey());
                out.writeInt(entry.getValue().length);
                for (double value : entry.getValue()) {
                    out.writeDouble(value);
                }
            }
            replay.write(out);
            out.writeInt(gammas.length / 3);
            out.write(Weights.toBytes(gammas));
            remedies.write(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /**
     * Reads what {@link #toBytes} wrote, the replay store into {@code replay}, what was ordered
     * into {@code remedies}.
     *
     * @param gammaCount gammas that the learner has
     */
    static LanguageLearnerState fromBytes(
            LearnerSnapshot snapshot,
            int weights,
            int gammaCount,
            ReplayStore replay,
            LanguageRemedies remedies) {
        try (var in = new DataInputStream(new ByteArrayInputStream(snapshot.payload()))) {
            long seed = in.readLong();
            long drawn = in.readLong();
            int count = in.readInt();
            if (count != weights) {
                throw new IllegalArgumentException(
                        "snapshot has %d weights, the model %d".formatted(count, weights));
            }
            float[] parameters = Weights.read(in, count);
            float[] firstMoment = Weights.read(in, count);
            float[] secondMoment = Weights.read(in, count);
            float[] average =
                    snapshot.formatVersion() == WITHOUT_AVERAGE
                            ? parameters.clone()
                            : Weights.read(in, count);
            var vectors = new TreeMap<String, double[]>();
            for (int i = in.readInt(); i > 0; i--) {
                String name = in.readUTF();
                double[] vector = new double[in.readInt()];
                for (int j = 0; j < vector.length; j++) {
                    vector[j] = in.readDouble();
                }
                vectors.put(name, vector);
            }
            replay.read(in);
            float[] gammas = new float[3 * gammaCount];
            if (snapshot.formatVersion() <= WITHOUT_ORDERS) {
                remedies.readNothing(snapshot.step());
            } else {
                int saved = in.readInt();
                if (saved != gammaCount) {
                    throw new IllegalArgumentException(
                            "snapshot has %d gammas, the model %d".formatted(saved, gammaCount));
                }
                gammas = Weights.read(in, 3 * gammaCount);
                remedies.read(in);
            }
            return new LanguageLearnerState(
                    seed, drawn, parameters, firstMoment, secondMoment, average, gammas, vectors);
        } catch (IOException e) {
            throw new IllegalArgumentException("language learner's payload is cut short", e);
        }
    }
}

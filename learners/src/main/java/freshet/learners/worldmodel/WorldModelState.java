package freshet.learners.worldmodel;

import freshet.learners.LearnerSnapshot;
import freshet.learners.SavedState;
import freshet.learners.stability.UpdateControl;
import freshet.learners.tensor.Optimiser;
import freshet.learners.tensor.Session;
import freshet.learners.tensor.Weights;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The payload of a world model learner's snapshot.
 *
 * <p>Format 1, big-endian: seed, updates (longs), number of weights (int), weights (floats), number
 * of optimisers (int), of each its number of weights (int), first and second moments (floats),
 * {@link Temperature#write temperature}, whether the experience's segments follow (boolean), if so
 * their count (int) and each one's number (long), bytes (int count, bytes), the experience: {@link
 * Replay#write a replay} or {@link StreamWindows#write windows}, as the learner's configuration
 * says. Format 2 goes on with {@link UpdateControl#write}; before it nothing was ever ordered.
 *
 * @param firstMoments of each optimiser: world model, inverse temperature of the contrast, critics,
 *     actor, and the world model's from the critics if they are kept apart
 */
record WorldModelState(
        long seed,
        long updates,
        float[] parameters,
        List<float[]> firstMoments,
        List<float[]> secondMoments,
        UpdateControl control) {

    static final int FORMAT_VERSION = 2;
    static final int WITHOUT_ORDERS = 1;

    static WorldModelState of(
            long seed,
            long updates,
            Session session,
            List<Optimiser> optimisers,
            UpdateControl control) {
        return new WorldModelState(
                seed,
                updates,
                session.parameters(),
                optimisers.stream().map(Optimiser::firstMoment).toList(),
                optimisers.stream().map(Optimiser::secondMoment).toList(),
                control);
    }

    /**
     * @param segments of the replay; null leaves them out
     */
    byte[] toBytes(
            Temperature temperature, ExperienceStore store, SortedMap<Long, byte[]> segments) {
        var bytes = new ByteArrayOutputStream(3 * Float.BYTES * parameters.length + 1024);
        try (var out = new DataOutputStream(bytes)) {
            out.writeLong(seed);
            out.writeLong(updates);
            out.writeInt(parameters.length);
            out.write(Weights.toBytes(parameters));
            out.writeInt(firstMoments.size());
            for (int i = 0; i < firstMoments.size(); i++) {
                out.writeInt(firstMoments.get(i).length);
                out.write(Weights.toBytes(firstMoments.get(i)));
                out.write(Weights.toBytes(secondMoments.get(i)));
            }
            temperature.write(out);
            out.writeBoolean(segments != null);
            if (segments != null) {
                out.writeInt(segments.size());
                for (Map.Entry<Long, byte[]> entry : segments.entrySet()) {
                    out.writeLong(entry.getKey());
                    SavedState.writeBlock(out, entry.getValue());
                }
            }
            store.write(out);
            control.write(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /**
     * Reads what {@link #toBytes} wrote, temperature and experience into their places.
     *
     * @param weights of the model
     * @param segments of the replay if they were left out; else null
     * @throws IllegalArgumentException if it does not fit; then nothing has changed
     */
    static WorldModelState fromBytes(
            LearnerSnapshot snapshot,
            int weights,
            int optimisers,
            Temperature temperature,
            ExperienceStore store,
            SortedMap<Long, byte[]> segments) {
        try (var in = new DataInputStream(new ByteArrayInputStream(snapshot.payload()))) {
            long seed = in.readLong();
            long updates = in.readLong();
            expect("weights", in.readInt(), weights);
            float[] parameters = Weights.read(in, weights);
            expect("optimisers", in.readInt(), optimisers);
            var first = new ArrayList<float[]>();
            var second = new ArrayList<float[]>();
            for (int i = 0; i < optimisers; i++) {
                int count = in.readInt();
                first.add(Weights.read(in, count));
                second.add(Weights.read(in, count));
            }
            byte[] ofTemperature = in.readNBytes(Temperature.BYTES);
            SortedMap<Long, byte[]> pieces = in.readBoolean() ? readSegments(in) : segments;
            if (pieces == null) {
                throw new IllegalArgumentException(
                        "the snapshot is without the replay's segments, and none were given");
            }
            Runnable experience = store.read(in, pieces);
            var control = new UpdateControl();
            if (snapshot.formatVersion() == WITHOUT_ORDERS) {
                control.readNothing(updates);
            } else {
                control.read(in);
            }
            temperature.read(new DataInputStream(new ByteArrayInputStream(ofTemperature)));
            experience.run();
            return new WorldModelState(seed, updates, parameters, first, second, control);
        } catch (IOException e) {
            throw new IllegalArgumentException("world model learner's payload is cut short", e);
        }
    }

    private static SortedMap<Long, byte[]> readSegments(DataInputStream in) throws IOException {
        var segments = new TreeMap<Long, byte[]>();
        for (int left = in.readInt(); left > 0; left--) {
            long number = in.readLong();
            segments.put(number, SavedState.readBlock(in));
        }
        return segments;
    }

    private static void expect(String what, int saved, int here) {
        if (saved != here) {
            throw new IllegalArgumentException(
                    "snapshot has %d %s, the model %d".formatted(saved, what, here));
        }
    }
}

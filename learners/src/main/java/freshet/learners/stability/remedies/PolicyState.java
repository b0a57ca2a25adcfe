package freshet.learners.stability.remedies;

import freshet.learners.SavedState;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Map;

/**
 * A policy's bytes: format (int), update, last step and last end of a treatment of the whole model
 * (longs); number of remedies (int), each: name (UTF), update at which it last began (long), step
 * (int); number of incidents (int), each: dedupe key (UTF), remedy, layer (ints), last good
 * version, update (longs); number of treatments (int), each: layer, remedy (ints), incident (UTF),
 * step (int), since, quiet since (longs), and, not in format 1, number of remedies it owes (int),
 * each (int). Remedies are named by their place in the first list.
 */
final class PolicyState {

    private static final int FORMAT_VERSION = 2;
    private static final int WITHOUT_OWED = 1;

    private PolicyState() {}

    static byte[] write(Policy policy) {
        return SavedState.write(FORMAT_VERSION, out -> write(policy, out));
    }

    private static void write(Policy policy, DataOutputStream out) throws IOException {
        out.writeLong(policy.update);
        out.writeLong(policy.lastStepOfModel);
        out.writeLong(policy.lastEndOfModel);
        out.writeInt(policy.plan.remedies().size());
        for (int i = 0; i < policy.lastBegun.length; i++) {
            out.writeUTF(policy.plan.remedies().get(i).name());
            out.writeLong(policy.lastBegun[i]);
            out.writeInt(policy.lastStep[i]);
        }
        out.writeInt(policy.open.size());
        for (Map.Entry<String, Policy.Incident> one : policy.open.entrySet()) {
            out.writeUTF(one.getKey());
            out.writeInt(one.getValue().remedy());
            out.writeInt(one.getValue().layer());
            out.writeLong(one.getValue().lastGoodVersion());
            out.writeLong(one.getValue().openedAt());
        }
        out.writeInt(policy.treatments.size());
        for (Map.Entry<Integer, Policy.Treatment> one : policy.treatments.entrySet()) {
            Policy.Treatment treatment = one.getValue();
            out.writeInt(one.getKey());
            out.writeInt(treatment.remedy);
            out.writeUTF(treatment.incident);
            out.writeInt(treatment.step);
            out.writeLong(treatment.since);
            out.writeLong(treatment.quietSince);
            out.writeInt(treatment.owed.size());
            for (int owed : treatment.owed) {
                out.writeInt(owed);
            }
        }
    }

    static void read(Policy policy, byte[] snapshot) {
        SavedState.read(
                "policy of " + policy.modelName,
                WITHOUT_OWED,
                FORMAT_VERSION,
                snapshot,
                (format, in) -> read(policy, format == WITHOUT_OWED, in));
    }

    private static void read(Policy policy, boolean old, DataInputStream in) throws IOException {
        policy.update = in.readLong();
        policy.lastStepOfModel = in.readLong();
        policy.lastEndOfModel = in.readLong();
        int[] now = new int[in.readInt()]; // place today of each remedy of then, -1: gone
        for (int then = 0; then < now.length; then++) {
            now[then] = place(policy, in.readUTF());
            long begun = in.readLong();
            int step = in.readInt();
            if (now[then] >= 0) {
                policy.lastBegun[now[then]] = begun;
                policy.lastStep[now[then]] = Math.min(step, lastOf(policy, now[then]));
            }
        }
        for (int i = in.readInt(); i > 0; i--) {
            String key = in.readUTF();
            int remedy = now[in.readInt()];
            var incident = new Policy.Incident(remedy, in.readInt(), in.readLong(), in.readLong());
            if (remedy >= 0) {
                policy.open.put(key, incident);
            }
        }
        for (int i = in.readInt(); i > 0; i--) {
            int layer = in.readInt();
            int remedy = now[in.readInt()];
            String incident = in.readUTF();
            int step = remedy < 0 ? in.readInt() : Math.min(in.readInt(), lastOf(policy, remedy));
            var treatment = new Policy.Treatment(remedy, incident, step, in.readLong());
            treatment.quietSince = in.readLong();
            for (int owed = old ? 0 : in.readInt(); owed > 0; owed--) {
                int other = now[in.readInt()];
                if (other >= 0) {
                    treatment.owed.add(other);
                }
            }
            if (remedy >= 0) {
                policy.treatments.put(layer, treatment);
            }
        }
    }

    private static int lastOf(Policy policy, int remedy) {
        return policy.plan.remedies().get(remedy).steps().size() - 1;
    }

    private static int place(Policy policy, String name) {
        for (int i = 0; i < policy.plan.remedies().size(); i++) {
            if (policy.plan.remedies().get(i).name().equals(name)) {
                return i;
            }
        }
        return -1;
    }
}

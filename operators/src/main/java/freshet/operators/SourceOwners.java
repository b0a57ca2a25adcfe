package freshet.operators;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Which of K workers a source belongs to: one that is new goes to the worker that has fewest, the
 * first of several. A hash would leave workers without any where sources are few.
 *
 * <p>Bounded: beyond {@code maxSources} the source that spoke longest ago is forgotten; when it
 * speaks again, it is new.
 */
final class SourceOwners {

    private final int[] sources; // of each worker
    private final int maxSources;
    private final Map<String, Integer> owners = new LinkedHashMap<>(16, 0.75f, true);

    SourceOwners(int workers, int maxSources) {
        this.sources = new int[workers];
        this.maxSources = maxSources;
    }

    /** The worker, in [0, K). */
    int of(String source) {
        Integer owner = owners.get(source);
        if (owner == null) {
            if (owners.size() == maxSources) {
                forgetEldest();
            }
            owner = leastBurdened();
            own(source, owner);
        }
        return owner;
    }

    private void own(String source, int worker) {
        owners.put(source, worker);
        sources[worker]++;
    }

    private void forgetEldest() {
        Iterator<Integer> eldest = owners.values().iterator();
        sources[eldest.next()]--;
        eldest.remove();
    }

    private int leastBurdened() {
        int least = 0;
        for (int worker = 1; worker < sources.length; worker++) {
            least = sources[worker] < sources[least] ? worker : least;
        }
        return least;
    }

    void write(DataOutputStream out) throws IOException {
        out.writeInt(owners.size());
        for (var entry : owners.entrySet()) { // least recently used first
            out.writeUTF(entry.getKey());
            out.writeInt(entry.getValue());
        }
    }

    /** Into one that has none yet. */
    void read(DataInputStream in) throws IOException {
        for (int i = in.readInt(); i > 0; i--) {
            own(in.readUTF(), in.readInt());
        }
    }
}

package freshet.learners.language;

import freshet.learners.tensor.CounterRandom;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The newest learned windows, for learning them again; bounded by their number, oldest out. */
final class ReplayStore {

    /**
     * One learned window.
     *
     * @param sequence context and new tokens, at most W
     * @param fromStart whether the sequence begins where its source does
     */
    record Window(int[] sequence, boolean fromStart) {}

    private final int capacity;
    private final List<Window> windows = new ArrayList<>();
    private int next; // where the next window goes once the store is full

    ReplayStore(int capacity) {
        this.capacity = capacity;
    }

    int size() {
        return windows.size();
    }

    void add(Window window) {
        if (windows.size() < capacity) {
            windows.add(window);
        } else if (capacity > 0) {
            windows.set(next, window);
            next = (next + 1) % capacity;
        }
    }

    /** By age, so that a store read back draws the same wherever its oldest window lies. */
    Window draw(CounterRandom random) {
        return byAge((int) random.nextLong(windows.size()));
    }

    /** At most {@code limit} windows, the oldest of them first. */
    List<Window> newest(int limit) {
        var newest = new ArrayList<Window>();
        for (int i = Math.max(0, windows.size() - limit); i < windows.size(); i++) {
            newest.add(byAge(i));
        }
        return newest;
    }

    private Window byAge(int index) {
        return windows.get((next + index) % windows.size());
    }

    void write(DataOutputStream out) throws IOException {
        out.writeInt(windows.size());
        for (int i = 0; i < windows.size(); i++) {
            Window window = byAge(i);
            out.writeBoolean(window.fromStart());
            out.writeShort(window.sequence().length);
            for (int token : window.sequence()) {
                out.writeShort(token);
            }
        }
    }

    /** Reads the windows, oldest first; keeps the newest if this store is smaller. */
    void read(DataInputStream in) throws IOException {
        windows.clear();
        next = 0;
        for (int i = in.readInt(); i > 0; i--) {
            boolean fromStart = in.readBoolean();
            int[] sequence = new int[in.readUnsignedShort()];
            for (int j = 0; j < sequence.length; j++) {
                sequence[j] = in.readUnsignedShort();
            }
            add(new Window(sequence, fromStart));
        }
    }
}

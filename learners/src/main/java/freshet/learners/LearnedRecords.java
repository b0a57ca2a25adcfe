package freshet.learners;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Which records a batch was made of, by the names that they have everywhere: {@code
 * source/sequence} of a text, {@code robot/episode/sequence} of a robot's step, its record id of an
 * image. What a learner replays is not among them.
 *
 * @param runs at most {@value #MAX_RUNS}
 * @param leftOut runs beyond those
 */
public record LearnedRecords(List<Run> runs, int leftOut) {

    public static final int MAX_RUNS = 64;
    public static final LearnedRecords NONE = new LearnedRecords(List.of(), 0);

    /** The first, the last and what lies between them in the order of their source. */
    public record Run(String first, String last) {

        /** {@code mill/12..15}; the name alone of a single one. */
        @Override
        public String toString() {
            if (first.equals(last)) {
                return first;
            }
            int name = first.lastIndexOf('/') + 1;
            boolean sameSource = name > 0 && last.startsWith(first.substring(0, name));
            return first + ".." + (sameSource ? last.substring(name) : last);
        }
    }

    public LearnedRecords {
        runs = List.copyOf(runs);
    }

    /** All of them, as far as there is room. */
    public static LearnedRecords of(List<Run> all) {
        int kept = Math.min(all.size(), MAX_RUNS);
        return new LearnedRecords(all.subList(0, kept), all.size() - kept);
    }

    /** Records that have no order among them. */
    public static LearnedRecords ofEach(List<String> names) {
        return of(names.stream().map(name -> new Run(name, name)).toList());
    }

    /**
     * From fields that travel.
     *
     * @param firsts of each run
     * @param lasts of each run
     */
    public static LearnedRecords of(String[] firsts, String[] lasts, int leftOut) {
        List<Run> runs = new ArrayList<>(firsts.length);
        for (int i = 0; i < firsts.length; i++) {
            runs.add(new Run(firsts[i], lasts[i]));
        }
        return new LearnedRecords(runs, leftOut);
    }

    public boolean isEmpty() {
        return runs.isEmpty();
    }

    /** For people: {@code mill/12..15, quay/3 and 7 more}, with at most so many runs. */
    public String words(int most) {
        int shown = Math.min(most, runs.size());
        String names = String.join(", ", runs.stream().limit(shown).map(Run::toString).toList());
        int more = runs.size() - shown + leftOut;
        return names + (more == 0 ? "" : " and %d more".formatted(more));
    }

    /** Number of runs (int), each first and last (UTF); those left out (int). */
    public void write(DataOutputStream out) throws IOException {
        out.writeInt(runs.size());
        for (Run run : runs) {
            out.writeUTF(run.first());
            out.writeUTF(run.last());
        }
        out.writeInt(leftOut);
    }

    /** Reads what {@link #write} wrote. */
    public static LearnedRecords read(DataInputStream in) throws IOException {
        List<Run> runs = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            runs.add(new Run(in.readUTF(), in.readUTF()));
        }
        return new LearnedRecords(runs, in.readInt());
    }
}

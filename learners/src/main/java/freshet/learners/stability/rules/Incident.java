package freshet.learners.stability.rules;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/** One rule at one place: whether it has fired, and how long it has held or not. A few numbers. */
final class Incident {

    private static final long NEVER = Long.MIN_VALUE;

    final int layer;
    final int head;
    private boolean open;
    private int streak; // judgements in a row that speak for a change
    private long points; // judgements since it opened
    private long closedAt = NEVER;

    Incident(int layer, int head) {
        this.layer = layer;
        this.head = head;
    }

    boolean isOpen() {
        return open;
    }

    /** Whether what is normal keeps as it was: at first, while the incident is open. */
    boolean holds(int holdPoints) {
        return open && points < holdPoints;
    }

    /**
     * Takes the judgement of a point.
     *
     * @param holds whether the rule's conditions hold
     * @param mayOpen false in the warm-up, or if another rule keeps this one quiet
     * @return whether the incident opened or closed by it
     */
    boolean judge(Rule rule, boolean holds, boolean mayOpen, long number) {
        if (open) {
            points++;
        }
        boolean speaks = open != holds && (open || mayOpen && !cools(rule, number));
        streak = speaks ? streak + 1 : 0;
        if (streak < (open ? rule.clearPoints() : rule.forPoints())) {
            return false;
        }
        streak = 0;
        set(!open, number);
        return true;
    }

    /** Opens or closes it whatever was judged. */
    void set(boolean nowOpen, long number) {
        open = nowOpen;
        points = 0;
        if (!nowOpen) {
            closedAt = number;
        }
    }

    private boolean cools(Rule rule, long number) {
        return closedAt != NEVER && number - closedAt < rule.coolDown();
    }

    void write(DataOutputStream out) throws IOException {
        out.writeBoolean(open);
        out.writeInt(streak);
        out.writeLong(points);
        out.writeLong(closedAt);
    }

    void read(DataInputStream in) throws IOException {
        open = in.readBoolean();
        streak = in.readInt();
        points = in.readLong();
        closedAt = in.readLong();
    }
}

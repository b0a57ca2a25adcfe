package freshet.learners.stability.rules;

/**
 * A limit to one side, and the milder one that ends an incident.
 *
 * @param above which side is bad
 * @param fires beyond it a point is bad
 * @param clears beyond it an open incident goes on; on the good side of {@code fires}, or equal
 */
record Limit(boolean above, double fires, double clears) {

    boolean beyond(double figure) {
        return above ? figure > fires : figure < fires;
    }

    boolean lasting(double figure) {
        return above ? figure > clears : figure < clears;
    }

    /** Such as {@code above 8}. */
    String words() {
        return (above ? "above " : "below ") + Words.of(fires);
    }
}

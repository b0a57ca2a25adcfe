package freshet.learners.stability.remedies;

import freshet.learners.Order;
import java.util.List;

/**
 * What is ordered when certain rules raise an alarm.
 *
 * @param name in capitals
 * @param on names of the rules
 * @param perLayer whether it concerns the incident's layer alone, so that others may be treated
 *     beside it
 * @param confirm whether its orders are only proposed, for a person to confirm
 * @param patience updates that a step is given to end the incident, before the next is taken
 * @param quiet updates without an incident after which {@code after} is ordered
 * @param every least number of updates between two beginnings; one that begins again within them
 *     goes on with the step after the last
 * @param steps orders of each step; the last stays
 * @param after orders when all is quiet, such as to publish again
 */
record Remedy(
        String name,
        List<String> on,
        boolean perLayer,
        boolean confirm,
        int patience,
        int quiet,
        int every,
        List<List<Order>> steps,
        List<Order> after) {

    /** Value of an argument: the newest version that has stood the test of 20 updates. */
    static final String LAST_GOOD = "lastGood";

    /** Value of an argument: the layer of the incident. */
    static final String OF_INCIDENT = "ofIncident";
}

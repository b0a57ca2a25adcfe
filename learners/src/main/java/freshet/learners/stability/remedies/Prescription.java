package freshet.learners.stability.remedies;

import freshet.learners.Order;

/**
 * An order that a policy gives.
 *
 * @param id the same whenever the same telemetry is judged again, so that repeats are known
 * @param order for the learner of the model
 * @param issuedBy the remedy and the incident that it is for
 * @param proposed true: as a trial, for a person to confirm
 * @param eventTimeMillis of the telemetry that it follows from
 */
public record Prescription(
        String id, Order order, String issuedBy, boolean proposed, long eventTimeMillis) {}

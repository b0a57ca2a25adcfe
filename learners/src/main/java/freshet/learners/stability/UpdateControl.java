package freshet.learners.stability;

import freshet.learners.Order;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Set;

/**
 * What every learner with a rate, moments and a gradient lets itself be ordered about its updates.
 *
 * <p>Actions: {@value #SCALE_RATE} {factor in [1e-6, 1000]; steps of a re-warm-up, default 0} sets
 * the factor on the rate; {@value #RESET_MOMENTUM} starts the moments at 0; {@value
 * #LIMIT_GRADIENT} {factor, 0 = off} refuses updates whose gradient is longer than factor times the
 * median of late.
 *
 * <p>State: {@link LearningRateScale}, {@link GradientLimit}, updates since the moments were 0.
 */
public final class UpdateControl {

    public static final String SCALE_RATE = "scaleLearningRate";
    public static final String RESET_MOMENTUM = "resetMomentum";
    public static final String LIMIT_GRADIENT = "limitGradient";

    /** All that {@link #obey} takes. */
    public static final Set<String> ACTIONS = Set.of(SCALE_RATE, RESET_MOMENTUM, LIMIT_GRADIENT);

    private static final double LEAST_FACTOR = 1e-6;
    private static final double GREATEST_FACTOR = 1000;

    /** Updates of a re-warm-up for learners whose settings know no warm-up. */
    public static final int WARM_UP_STEPS = 50;

    private static final int MOST_STEPS = 1_000_000;

    private final LearningRateScale rate = new LearningRateScale();
    private final GradientLimit limit = new GradientLimit();
    private long momentSteps;

    /**
     * Carries out one of {@link #ACTIONS}, or says what it would change.
     *
     * @param resetMoments sets the optimiser's moments to 0
     */
    public String obey(Order order, boolean dryRun, Runnable resetMoments) {
        switch (order.action()) {
            case SCALE_RATE -> {
                return scaleRate(order, dryRun);
            }
            case RESET_MOMENTUM -> {
                order.checkArguments(Set.of());
                long before = momentSteps;
                if (!dryRun) {
                    resetMoments.run();
                    momentSteps = 0;
                }
                return "moments of %d updates -> 0".formatted(before);
            }
            case LIMIT_GRADIENT -> {
                order.checkArguments(Set.of("factor"));
                double factor = order.number("factor", 0, GREATEST_FACTOR);
                double before = limit.factor();
                if (!dryRun) {
                    limit.set(factor);
                }
                return "factor of the gradient limit %s -> %s".formatted(before, factor);
            }
            default -> throw new IllegalArgumentException(order.action() + " is no such order");
        }
    }

    private String scaleRate(Order order, boolean dryRun) {
        order.checkArguments(Set.of("factor", "steps"));
        double factor = order.number("factor", LEAST_FACTOR, GREATEST_FACTOR);
        int steps = order.wholeNumber("steps", 0, 0, MOST_STEPS);
        String before = rate.toString();
        if (rate.is(factor, steps)) {
            return "scale of the learning rate stays " + before;
        }
        if (!dryRun) {
            rate.set(factor, steps);
        }
        String warmUp = steps == 0 ? "" : " after a re-warm-up over %d updates".formatted(steps);
        return "scale of the learning rate %s -> %s%s".formatted(before, factor, warmUp);
    }

    /** Weights were taken from elsewhere: the moments are 0, the rate warms up again. */
    public void startAgain(int warmUpSteps) {
        momentSteps = 0;
        rate.warmUpAgain(warmUpSteps);
    }

    /** The learner itself has set the moments to 0. */
    public void momentsStart() {
        momentSteps = 0;
    }

    /** Share of its plain rate that the next update has. */
    public double rateScale() {
        return rate.next();
    }

    /** Number of the next update since the moments were 0, from 1: Adam's bias correction. */
    public long nextMomentStep() {
        return momentSteps + 1;
    }

    /**
     * Why an update with a gradient of this norm is refused, empty if it is not.
     *
     * @param step that it would be, for the message
     */
    public String refusal(double norm, long step) {
        double greatest = limit.greatest();
        return norm <= greatest
                ? ""
                : "norm of the gradient is %s at step %d, the limit is %s"
                        .formatted(norm, step, greatest);
    }

    /** An update with a gradient of this norm, before it was clipped, was done. */
    public void applied(double norm) {
        rate.applied();
        limit.applied(norm);
        momentSteps++;
    }

    /** Updates since the moments were 0 (long), then scale and limit. */
    public void write(DataOutputStream out) throws IOException {
        out.writeLong(momentSteps);
        rate.write(out);
        limit.write(out);
    }

    public void read(DataInputStream in) throws IOException {
        momentSteps = in.readLong();
        rate.read(in);
        limit.read(in);
    }

    /** As a snapshot of before there was such a thing has it: nothing was ever ordered. */
    public void readNothing(long steps) {
        momentSteps = steps;
        rate.warmUpAgain(0);
        rate.set(1, 0);
        limit.clear();
    }
}

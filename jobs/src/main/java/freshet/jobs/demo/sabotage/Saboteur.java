package freshet.jobs.demo.sabotage;

import freshet.schemas.ControlCommand;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Does the sabotage once the learner has come so far: lets texts be altered, or gives orders until
 * the first order of a remedy is obeyed, as a person would who sees that.
 */
final class Saboteur {

    static final String NAME = "sabotage";

    private static final long MOST_UPDATES = 300;
    private static final long AT_ONCE = 0;
    private static final long NONE = -1;

    private final Sabotage sabotage;
    private final String modelName;
    private final long fromUpdate;
    private final SabotagedTexts texts;
    private final Consumer<ControlCommand> orders;
    private long begun = NONE;
    private long ordered = NONE;
    private boolean stopped;

    /**
     * @param modelName whose learner gets the orders
     * @param fromUpdate of that learner, when the rules know what is normal
     * @param orders takes them, and does not wait
     */
    Saboteur(
            Sabotage sabotage,
            String modelName,
            long fromUpdate,
            SabotagedTexts texts,
            Consumer<ControlCommand> orders) {
        this.sabotage = sabotage;
        this.modelName = modelName;
        this.fromUpdate = fromUpdate;
        this.texts = texts;
        this.orders = orders;
    }

    /** The learner has done this update. */
    void reached(long update) {
        if (update < fromUpdate || stopped) {
            return;
        }
        if (begun == NONE) {
            begun = update;
            texts.begin();
        }
        if (update - begun >= MOST_UPDATES) {
            stop();
            return;
        }
        sabotage.argumentsAt(update - begun, ordered == NONE ? 0 : update - ordered)
                .ifPresent(
                        arguments -> {
                            ordered = update;
                            orders.accept(
                                    new ControlCommand(
                                            "sabotage-" + begun + "-" + update,
                                            modelName,
                                            sabotage.action(),
                                            new TreeMap<>(arguments),
                                            AT_ONCE,
                                            NAME,
                                            false));
                        });
    }

    /** Gives no more orders. Altered texts end by themselves: who sends them knows no remedy. */
    void stop() {
        stopped = begun != NONE;
    }

    boolean isStopped() {
        return stopped;
    }
}

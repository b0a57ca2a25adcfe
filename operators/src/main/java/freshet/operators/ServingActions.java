package freshet.operators;

import java.util.Map;
import java.util.Set;

/** What can be ordered of predictors that try versions: see {@link VersionTrial}. */
public final class ServingActions {

    /** The candidate of that number becomes the stable version. */
    public static final String PROMOTE = "promote";

    /**
     * Back to the stable version of that number, which the newest trial or promotion questioned.
     */
    public static final String ROLL_BACK = "rollback";

    static final String VERSION = "version";

    /** Names of arguments by action. */
    public static final Map<String, Set<String>> ARGUMENTS =
            Map.of(PROMOTE, Set.of(VERSION), ROLL_BACK, Set.of(VERSION));

    private ServingActions() {}
}

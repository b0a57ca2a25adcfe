package freshet.jobs.page;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import freshet.client.RobotClient;
import freshet.pipelines.FreshetOptions.Pipeline;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Orders that can be given from the page, and what each takes. */
final class PageActions {

    /**
     * An argument.
     *
     * @param kind {@code number}, {@code integer}, {@code switch} (true or false), {@code version},
     *     or {@code place} and {@code text}, which may be left out
     * @param least smallest number; for text the fewest characters
     * @param most largest number; for text the most characters
     * @param standard what the page offers, and what counts if nothing is given; empty: nothing
     */
    record Argument(String name, String kind, double least, double most, String standard) {}

    /**
     * An order.
     *
     * @param title what its button says
     * @param effect what it does, for people
     * @param answersTrials whether a dry run is acknowledged: robots pass over them
     */
    record Action(
            String name,
            String title,
            String effect,
            boolean answersTrials,
            List<Argument> arguments) {}

    private static final Set<String> MAY_BE_LEFT_OUT = Set.of("place", "text");
    private static final double MOST = 1_000;
    private static final double MOST_BATCHES = 1_000_000;
    private static final int MAX_NAME_CHARACTERS = 256;

    private PageActions() {}

    static List<Action> of(Pipeline pipeline) {
        List<Action> actions = new ArrayList<>();
        if (pipeline == Pipeline.ROBOTS) {
            var robot = new Argument(RobotClient.ROBOT, "text", 0, MAX_NAME_CHARACTERS, "");
            actions.add(
                    new Action(
                            RobotClient.STOP,
                            "Stop robots",
                            "robots, or the one named, do nothing from their next step on",
                            false,
                            List.of(robot)));
            actions.add(
                    new Action(
                            RobotClient.RESUME,
                            "Let robots go on",
                            "ends a stop, of all robots or the one named",
                            false,
                            List.of(robot)));
        }
        actions.add(learner("freeze", "Freeze", "answers, but learns nothing more"));
        actions.add(learner("unfreeze", "Unfreeze", "learns again"));
        actions.add(
                learner("holdPublication", "Hold publication", "what answers stays as it is now"));
        actions.add(learner("releasePublication", "Release publication", "publishes again"));
        actions.add(
                learner(
                        "rewind",
                        "Rewind",
                        "takes back the weights of a published version and skips so many batches"
                                + " to come",
                        new Argument("version", "version", 0, Long.MAX_VALUE, ""),
                        new Argument("skip", "integer", 0, MOST_BATCHES, "0")));
        actions.add(
                learner(
                        "skip",
                        "Skip batches",
                        "puts so many batches aside, to the dead letters, and learns none of them",
                        new Argument("batches", "integer", 0, MOST_BATCHES, "10")));
        actions.add(
                learner(
                        "scaleLearningRate",
                        "Scale learning rate",
                        "sets the factor on the learning rate, warmed up again over so many updates",
                        new Argument("factor", "number", Double.MIN_VALUE, MOST, "0.5"),
                        new Argument("steps", "integer", 0, 1e6, "0")));
        actions.add(
                learner("resetMomentum", "Reset momentum", "the optimiser's moments start at 0"));
        if (pipeline == Pipeline.TEXT) {
            actions.add(
                    learner(
                            "clipQueryKey",
                            "Clip attention logits",
                            "keeps each head's largest logit below the threshold; 0 ends it",
                            new Argument("threshold", "number", 0, 1e6, "100")));
            actions.add(
                    learner(
                            "reparameterise",
                            "Reparameterise",
                            "sigmaReparam on or off, without a jump",
                            new Argument("on", "switch", 0, 1, "true"),
                            place("layer")));
            actions.add(
                    learner(
                            "scaleQueryKey",
                            "Scale queries and keys",
                            "multiplies the logits of the heads named by the factor, once",
                            new Argument("factor", "number", Double.MIN_VALUE, MOST, "0.5"),
                            place("layer"),
                            place("head")));
        }
        actions.add(
                learner(
                        "limitGradient",
                        "Limit gradient",
                        "refuses updates whose gradient norm is above factor times the median;"
                                + " 0 ends it",
                        new Argument("factor", "number", 0, 1e6, "10")));
        return actions;
    }

    /** A layer or a head; left out: all. */
    private static Argument place(String name) {
        return new Argument(name, "place", 0, MOST, "");
    }

    private static Action learner(String name, String title, String effect, Argument... arguments) {
        return new Action(name, title, effect, true, List.of(arguments));
    }

    /**
     * The arguments as they go into a command.
     *
     * @throws IllegalArgumentException saying for people what does not fit
     */
    static Map<String, String> checked(
            List<Action> actions, String name, Map<String, String> given) {
        Action action =
                actions.stream()
                        .filter(one -> one.name().equals(name))
                        .findFirst()
                        .orElseThrow(() -> new IllegalArgumentException("no action " + name));
        Map<String, String> arguments = new TreeMap<>(given);
        for (Argument argument : action.arguments()) {
            String value = arguments.getOrDefault(argument.name(), "").strip();
            if (value.isEmpty()) {
                arguments.remove(argument.name());
                if (!argument.standard().isEmpty()) {
                    arguments.put(argument.name(), argument.standard());
                } else if (!MAY_BE_LEFT_OUT.contains(argument.kind())) {
                    throw new IllegalArgumentException(
                            "%s needs %s".formatted(name, argument.name()));
                }
                continue;
            }
            check(argument, value);
            arguments.put(argument.name(), value);
        }
        for (String argument : arguments.keySet()) {
            if (action.arguments().stream().noneMatch(one -> one.name().equals(argument))) {
                throw new IllegalArgumentException(
                        "%s has no argument %s".formatted(name, argument));
            }
        }
        return arguments;
    }

    private static void check(Argument argument, String value) {
        boolean fits =
                switch (argument.kind()) {
                    case "switch" -> value.equals("true") || value.equals("false");
                    case "text" -> value.length() <= argument.most();
                    case "number" -> value.length() <= 32 && inRange(argument, value);
                    default -> value.matches("[0-9]{1,18}") && inRange(argument, value);
                };
        if (!fits) {
            throw new IllegalArgumentException(
                    "%s is '%s', which does not fit".formatted(argument.name(), value));
        }
    }

    private static boolean inRange(Argument argument, String value) {
        try {
            double number = Double.parseDouble(value);
            return number >= argument.least() && number <= argument.most();
        } catch (NumberFormatException e) {
            return false;
        }
    }

    static void write(List<Action> actions, ArrayNode into) {
        for (Action action : actions) {
            ObjectNode row = into.addObject();
            row.put("name", action.name());
            row.put("title", action.title());
            row.put("effect", action.effect());
            row.put("answersTrials", action.answersTrials());
            var arguments = row.putArray("arguments");
            for (Argument argument : action.arguments()) {
                arguments
                        .addObject()
                        .put("name", argument.name())
                        .put("kind", argument.kind())
                        .put("standard", argument.standard());
            }
        }
    }
}

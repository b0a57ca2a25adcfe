package freshet.jobs.commands;

import freshet.client.RobotClient;
import freshet.jobs.CommandFailure;
import freshet.jobs.ControlSender;
import freshet.jobs.KafkaAccess;
import freshet.operators.LearnerActions;
import freshet.operators.ServingActions;
import freshet.pipelines.FreshetOptions;
import freshet.pipelines.RoundOptions;
import freshet.schemas.ControlAcknowledgement;
import freshet.schemas.ControlCommand;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.flink.configuration.Configuration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code freshet control}: writes one command to the control topic. */
@Command(
        name = "control",
        description = {
            "Writes a command to the control topic, prints its id and what became of it.",
            "To robots: safeStop tells them to do nothing from their next step on, resume ends"
                    + " that: all robots, or the one that --robot names. Robots read the topic"
                    + " themselves and obey without the model; one that connects later obeys the"
                    + " last command.",
            "To learners: freeze and unfreeze learning; holdPublication and releasePublication;"
                    + " skip batches; rewind to a version; scaleLearningRate factor steps;"
                    + " resetMomentum; limitGradient factor; of the language model clipQueryKey"
                    + " threshold, scaleQueryKey factor layer head, reparameterise on layer. A"
                    + " learner obeys between two records, at the same one after a recovery, and"
                    + " acknowledges; --dry-run says what would be done.",
            "To predictors that try versions: promote and rollback, see freshet models promote."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  freshet control safeStop",
            "  freshet control safeStop --robot robot-3 --by night-shift",
            "  freshet control resume",
            "  freshet control scaleLearningRate --argument factor=0.5 --argument steps=100",
            "  freshet control rewind --argument version=640 --dry-run"
        })
public final class OrderCommand implements Runnable {

    /** What is obeyed, and the arguments that each takes: a misspelt one would mean all robots. */
    private static final Map<String, Set<String>> ACTIONS = new TreeMap<>(LearnerActions.ARGUMENTS);

    static {
        ACTIONS.putAll(ServingActions.ARGUMENTS);
        ACTIONS.put(RobotClient.STOP, Set.of(RobotClient.ROBOT));
        ACTIONS.put(RobotClient.RESUME, Set.of(RobotClient.ROBOT));
    }

    private static final long AT_ONCE = 0;

    private static final int MAX_NAME_CHARACTERS = 256;

    @Spec private CommandSpec spec;
    @Mixin private SettingsOptions settings;

    @Parameters(paramLabel = "ACTION", description = "safeStop, freeze, rewind, ...")
    private String action;

    @Option(
            names = "--robot",
            paramLabel = "NAME",
            description = "Only this robot; default: all. Same as --argument robot=NAME.")
    private String robot;

    @Option(
            names = "--model",
            paramLabel = "NAME",
            description =
                    "Model it is for; default: the first of the settings. Robots obey whichever it"
                            + " is.")
    private String model;

    @Option(
            names = "--argument",
            paramLabel = "NAME=VALUE",
            description = "Argument of the action; may be repeated.")
    private Map<String, String> arguments = new LinkedHashMap<>();

    @Option(names = "--dry-run", description = "Write it as a trial, which nobody carries out.")
    private boolean dryRun;

    @Option(
            names = "--from",
            paramLabel = "MILLIS",
            description =
                    "Event time from which a learner obeys, milliseconds since 1970; default: at"
                            + " once.")
    private Long from;

    @Option(
            names = "--wait",
            paramLabel = "SECONDS",
            description =
                    "How long to wait for the acknowledgement, from 0 to 3600; default"
                            + " ${DEFAULT-VALUE}.",
            defaultValue = "10")
    private int waitSeconds;

    @Option(
            names = "--by",
            paramLabel = "WHO",
            description = "Who orders it, for the audit; default: the user's name here.")
    private String issuedBy;

    @Override
    public void run() {
        checkArguments();
        Configuration configuration = settings.read();
        KafkaAccess kafka = SettingsOptions.kafka(configuration);
        String topic = configuration.get(FreshetOptions.CONTROL_TOPIC);
        boolean toPredictors = ServingActions.ARGUMENTS.containsKey(action);
        boolean toLearner = LearnerActions.ARGUMENTS.containsKey(action);
        boolean toRobots = !toPredictors && !toLearner;
        if (toLearner && RoundOptions.enabled(configuration)) {
            throw new CommandFailure(
                    "%s is for a learner, and those of %s above 1 take no orders"
                            .formatted(action, RoundOptions.WORKERS.key()));
        }
        var command =
                new ControlCommand(
                        UUID.randomUUID().toString(),
                        model == null ? FreshetOptions.models(configuration).get(0) : model,
                        action,
                        new TreeMap<>(arguments),
                        toRobots ? System.currentTimeMillis() : from == null ? AT_ONCE : from,
                        issuedBy == null ? System.getProperty("user.name", "") : issuedBy,
                        dryRun);
        new ControlSender(kafka, topic).send(command);
        say(
                "%s %s in topic %s at %s: %s",
                command.getCommandId(),
                action,
                topic,
                kafka.servers(),
                toRobots
                        ? whoObeys()
                        : "for the %s of %s"
                                .formatted(
                                        toPredictors ? "predictors" : "learner",
                                        command.getModelName()));
        if (!toRobots && waitSeconds > 0) {
            String answers = configuration.get(FreshetOptions.ACKNOWLEDGEMENTS_TOPIC);
            say("%s", answer(command, kafka, answers));
        }
    }

    private String whoObeys() {
        if (dryRun) {
            return "a trial, robots go on";
        }
        String named = arguments.get(RobotClient.ROBOT);
        return "%s obeys directly, without the model"
                .formatted(named == null ? "every robot" : "robot %s alone".formatted(named));
    }

    private String answer(ControlCommand command, KafkaAccess kafka, String topic) {
        return OrderAnswer.of(command.getCommandId(), kafka, topic, Duration.ofSeconds(waitSeconds))
                .map(OrderCommand::said)
                .orElseThrow(
                        () ->
                                new CommandFailure(
                                        ("no acknowledgement within %d s; does the job run, is %s"
                                                        + " the model's name%s%s?")
                                                .formatted(
                                                        waitSeconds,
                                                        command.getModelName(),
                                                        ServingActions.ARGUMENTS.containsKey(action)
                                                                ? ", is serve.trial-share above 0"
                                                                : "",
                                                        from == null
                                                                ? ""
                                                                : ", has its time come")));
    }

    private static String said(ControlAcknowledgement answer) {
        if (!answer.getAccepted()) {
            throw new CommandFailure("refused: " + answer.getDetail());
        }
        return answer.getDryRun()
                ? "would do: " + answer.getDetail()
                : "done after update %d: %s".formatted(answer.getStep(), answer.getDetail());
    }

    private void say(String format, Object... arguments) {
        spec.commandLine().getOut().printf(format + "%n", arguments);
        spec.commandLine().getOut().flush();
    }

    private void checkArguments() {
        Set<String> taken = ACTIONS.get(action);
        if (taken == null) {
            throw misuse("no action %s, only %s".formatted(action, ACTIONS.keySet()));
        }
        if (waitSeconds < 0 || waitSeconds > 3600) {
            throw misuse("--wait is %d, must be in [0, 3600]".formatted(waitSeconds));
        }
        if (from != null && (from < 0 || !LearnerActions.ARGUMENTS.containsKey(action))) {
            throw misuse("--from is %d, only learners wait for a time, from 0".formatted(from));
        }
        if (robot != null) {
            String other = arguments.putIfAbsent(RobotClient.ROBOT, robot);
            if (other != null && !other.equals(robot)) {
                throw misuse("--robot %s and --argument robot=%s".formatted(robot, other));
            }
        }
        for (Map.Entry<String, String> argument : arguments.entrySet()) {
            if (!taken.contains(argument.getKey())) {
                throw misuse(
                        "%s has no argument %s, only %s"
                                .formatted(action, argument.getKey(), taken));
            }
            int length = argument.getValue().length();
            if (length < 1 || length > MAX_NAME_CHARACTERS) {
                throw misuse(
                        "%s has %d characters, must have 1 to %d"
                                .formatted(argument.getKey(), length, MAX_NAME_CHARACTERS));
            }
        }
    }

    private ParameterException misuse(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}

package freshet.jobs.page;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import freshet.jobs.page.Section.View;
import freshet.jobs.page.Timeline.Window;
import freshet.learners.worldmodel.RobotStep;
import freshet.pipelines.FreshetOptions.Pipeline;
import freshet.schemas.Action;
import freshet.schemas.Alert;
import freshet.schemas.AvroCodec;
import freshet.schemas.ControlAcknowledgement;
import freshet.schemas.ControlCommand;
import freshet.schemas.ImageObservation;
import freshet.schemas.ImagePrediction;
import freshet.schemas.Label;
import freshet.schemas.RobotObservation;
import freshet.schemas.Telemetry;
import freshet.schemas.TextObservation;
import freshet.schemas.TextPrediction;
import freshet.schemas.UndecodableRecordException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * All that the page knows, put together from records in any order of topics. Thread-safe: the
 * reader writes, each browser's thread reads.
 *
 * <p>Coalesces: a section is written as JSON at most twice a second, however many records and
 * browsers there are, and not at all while nobody looks.
 */
final class PageState {

    /** A section as it is sent, and its version. */
    record Sent(long version, byte[] json) {}

    private record Written(Sent sent, long atMillis) {}

    private static final long AGES_EVERY_MILLIS = 1_000;

    /** By section; the sentence, alerts and orders go out first and most often. */
    private static final Map<String, Long> PERIODS =
            Map.of("verdict", 500L, "alerts", 500L, "orders", 500L, "models", 1_000L);

    private static final long OTHER_PERIOD_MILLIS = 2_000;

    /** A record from the future counts as of now, so that no clock but ours moves the charts. */
    private static final long MAX_AHEAD_MILLIS = Duration.ofSeconds(10).toMillis();

    private static final long ASKED_LATELY_MILLIS = 10_000;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Pipeline pipeline;
    private final LongSupplier clock;
    private final Map<String, Section> sections = new LinkedHashMap<>();
    private final Map<String, Map<Window, Written>> written = new LinkedHashMap<>();

    private final OrdersSection orders = new OrdersSection();
    private final AlertsSection alerts = new AlertsSection(orders);
    private final ModelsSection models;
    private final VerdictSection verdict;
    private final ScoresSection scores = new ScoresSection();
    private final LearningSection learning = new LearningSection();
    private final RobotsSection robots = new RobotsSection((at, sum) -> scores.returned(sum, at));
    private final PicturesSection pictures = new PicturesSection();
    private final TextsSection texts = new TextsSection();
    private final DeadLettersSection deadLetters = new DeadLettersSection();

    private final AvroCodec<Telemetry> telemetry = AvroCodec.of(Telemetry.class);
    private final AvroCodec<Alert> alert = AvroCodec.of(Alert.class);
    private final AvroCodec<ControlCommand> command = AvroCodec.of(ControlCommand.class);
    private final AvroCodec<ControlAcknowledgement> acknowledgement =
            AvroCodec.of(ControlAcknowledgement.class);
    private final AvroCodec<Label> label = AvroCodec.of(Label.class);
    private final AvroCodec<TextObservation> text = AvroCodec.of(TextObservation.class);
    private final AvroCodec<TextPrediction> textAnswer = AvroCodec.of(TextPrediction.class);
    private final AvroCodec<ImageObservation> image = AvroCodec.of(ImageObservation.class);
    private final AvroCodec<ImagePrediction> imageAnswer = AvroCodec.of(ImagePrediction.class);
    private final AvroCodec<RobotObservation> robot = AvroCodec.of(RobotObservation.class);
    private final AvroCodec<Action> robotAnswer = AvroCodec.of(Action.class);

    private long oldestMillis = Long.MAX_VALUE;
    private long newestMillis = -1;
    private long agedMillis;
    private long robotsAskedMillis;
    private SeenSteps seenSteps; // null: nobody says what was expected

    /**
     * @param models names of the settings
     * @param clock wall clock, milliseconds since 1970-01-01 UTC
     */
    PageState(Pipeline pipeline, List<String> models, LongSupplier clock) {
        this.pipeline = pipeline;
        this.clock = clock;
        this.models = new ModelsSection(models, orders, alerts);
        verdict = new VerdictSection(alerts, orders, this.models);
        for (Section section :
                List.of(
                        verdict,
                        this.models,
                        alerts,
                        orders,
                        scores,
                        learning,
                        robots,
                        pictures,
                        texts,
                        deadLetters)) {
            sections.put(section.name(), section);
            written.put(section.name(), new EnumMap<>(Window.class));
        }
    }

    /** Takes a record; one that cannot be read is passed over, as it is the job's to say so. */
    synchronized void take(PageTopics.Kind kind, ConsumerRecord<byte[], byte[]> record) {
        long now = clock.getAsLong();
        long at = Math.min(record.timestamp(), now + MAX_AHEAD_MILLIS);
        newestMillis = Math.max(newestMillis, at);
        if (kind == PageTopics.Kind.TELEMETRY || kind == PageTopics.Kind.ANSWERS) {
            oldestMillis = Math.min(oldestMillis, at);
        }
        if (kind == PageTopics.Kind.DEAD_LETTERS) {
            deadLetters.take(record); // its value is what somebody else sent
            return;
        }
        if (record.value() == null) {
            return;
        }
        try {
            take(kind, record.value(), record.offset(), at);
        } catch (UndecodableRecordException e) {
            // See above.
        }
    }

    private void take(PageTopics.Kind kind, byte[] value, long offset, long at)
            throws UndecodableRecordException {
        switch (kind) {
            case TELEMETRY -> measured(telemetry.decode(value), at);
            case ALERTS -> {
                alerts.take(alert.decode(value));
                models.changed();
            }
            case COMMANDS -> {
                orders.take(command.decode(value), at);
                alerts.changed();
            }
            case ACKNOWLEDGEMENTS -> {
                orders.take(acknowledgement.decode(value), offset, at);
                alerts.changed();
            }
            case LABELS -> pictures.take(label.decode(value));
            case OBSERVATIONS -> observed(value, at);
            case ANSWERS -> answered(value, at);
            default -> throw new IllegalArgumentException(kind.toString());
        }
    }

    private void measured(Telemetry measured, long at) {
        models.measured(measured, at);
        scores.measured(measured, at);
        learning.measured(measured, at);
        robots.measured(measured, at);
    }

    private void observed(byte[] value, long at) throws UndecodableRecordException {
        switch (pipeline) {
            case TEXT -> texts.take(text.decode(value));
            case IMAGES -> pictures.take(image.decode(value));
            case ROBOTS -> {
                RobotObservation seen = robot.decode(value);
                robots.take(seen, at);
                if (seenSteps != null) {
                    seenSteps.take(seen);
                }
            }
        }
    }

    private void answered(byte[] value, long at) throws UndecodableRecordException {
        switch (pipeline) {
            case TEXT -> {
                TextPrediction answer = textAnswer.decode(value);
                models.answered(
                        answer.getModelName(),
                        at,
                        answer.getModelVersion(),
                        answer.getEventTime(),
                        answer.getTrainedThrough(),
                        answer.getModelAgeMillis());
                scores.predicted(answer, at);
                texts.take(answer, at);
            }
            case IMAGES -> {
                ImagePrediction answer = imageAnswer.decode(value);
                models.answered(
                        answer.getModelName(),
                        at,
                        answer.getModelVersion(),
                        answer.getEventTime(),
                        answer.getTrainedThrough(),
                        answer.getModelAgeMillis());
                pictures.take(answer);
            }
            case ROBOTS -> {
                Action answer = robotAnswer.decode(value);
                models.answered(
                        answer.getModelName(),
                        at,
                        answer.getModelVersion(),
                        answer.getObservationTime(),
                        -1,
                        -1);
                robots.take(answer, at);
                if (seenSteps != null) {
                    seenSteps.take(answer);
                }
            }
        }
    }

    /** What is needed to say what robots were expected to see. */
    record SeenNow(List<SeenSteps.Run> runs, List<RobotStep> frames) {}

    /** Keeps robots' newest steps from now on. */
    synchronized void keepSteps(SeenSteps steps) {
        seenSteps = steps;
    }

    /** Steps and frames as they are now; empty while nobody looks at the page. */
    synchronized Optional<SeenNow> seenNow() {
        boolean isLookedAt = clock.getAsLong() - robotsAskedMillis < ASKED_LATELY_MILLIS;
        return isLookedAt
                ? Optional.of(new SeenNow(seenSteps.runs(), seenSteps.frames()))
                : Optional.empty();
    }

    synchronized void expected(List<Foresight.Shot> shots) {
        robots.expected(shots);
    }

    /** Says why there is nothing of what was expected. */
    synchronized void expectedNothing(String why) {
        robots.expectedNothing(why);
    }

    /** Says that the broker does not answer; null: it does. */
    synchronized void unreachable(String servers) {
        verdict.unreachable(servers);
        verdict.changed();
    }

    /** Names of the sections, in the order in which they are sent. */
    List<String> sections() {
        return List.copyOf(sections.keySet());
    }

    /** A section as it is now, or was at most its period ago. */
    synchronized Sent json(String name, Window window) {
        long now = clock.getAsLong();
        if (now - agedMillis >= AGES_EVERY_MILLIS) {
            agedMillis = now;
            sections.values().stream().filter(Section::ages).forEach(Section::changed);
        }
        Section section = sections.get(name);
        if (section == robots) {
            robotsAskedMillis = now;
        }
        Written before = written.get(name).get(window);
        long period = PERIODS.getOrDefault(name, OTHER_PERIOD_MILLIS);
        if (before != null
                && (before.sent().version() == section.version()
                        || now - before.atMillis() < period)) {
            return before.sent();
        }
        ObjectNode node = JSON.createObjectNode();
        section.write(node, new View(window, oldestMillis, newestMillis, now));
        Sent sent;
        try {
            sent = new Sent(section.version(), JSON.writeValueAsBytes(node));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
        written.get(name).put(window, new Written(sent, now));
        return sent;
    }
}

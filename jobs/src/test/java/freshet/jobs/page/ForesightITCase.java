package freshet.jobs.page;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import freshet.jobs.page.PageTopics.Kind;
import freshet.learners.ModelArtifact;
import freshet.learners.OnlineLearner;
import freshet.learners.tensor.CounterRandom;
import freshet.learners.tensor.EngineSettings;
import freshet.learners.tensor.TensorEngines;
import freshet.learners.worldmodel.Belief;
import freshet.learners.worldmodel.Decision;
import freshet.learners.worldmodel.ExperienceBatch;
import freshet.learners.worldmodel.Frame;
import freshet.learners.worldmodel.Glimpse;
import freshet.learners.worldmodel.LossWeights;
import freshet.learners.worldmodel.RobotStep;
import freshet.learners.worldmodel.WorldModelActor;
import freshet.learners.worldmodel.WorldModelConfig;
import freshet.learners.worldmodel.WorldModelLearningConfig;
import freshet.operators.ActingConfig;
import freshet.operators.ModelChunksFunction;
import freshet.operators.ModelVersion;
import freshet.operators.OutRecord;
import freshet.operators.RobotSetup;
import freshet.pipelines.FreshetOptions;
import freshet.pipelines.FreshetOptions.Pipeline;
import freshet.schemas.RobotObservation;
import freshet.schemas.StepOutcome;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the page says that robots were expected to see, by a model that has learned. */
class ForesightITCase {

    private static final String MODEL = "robot";
    private static final int PLACES = 5;
    private static final int SIDE = 9;
    private static final Frame FRAME = new Frame(SIDE, SIDE, 3);
    private static final int STEPS = 12;
    private static final int ROBOTS = 8;
    private static final int CHUNK_BYTES = 10_000;

    /** Enough for next frames of a world without chance. */
    private static final int UPDATES = 250;

    private static final WorldModelConfig SIZES =
            new WorldModelConfig(
                    new WorldModelConfig.Encoder(
                            3,
                            SIDE,
                            SIDE,
                            List.of(8, 8),
                            List.of(2, 1),
                            WorldModelConfig.InitialKernels.CENTRES,
                            16,
                            1,
                            List.of(8)),
                    new WorldModelConfig.Latent(
                            List.of(32), List.of(32), 32, 8, List.of(32), List.of(32), true),
                    new WorldModelConfig.Heads(
                            List.of(32),
                            List.of(8),
                            0,
                            List.of(8),
                            WorldModelConfig.InverseInput.STATES),
                    new WorldModelConfig.Behaviour(1, List.of(8), List.of(8)));

    private static final RobotSetup SETUP =
            new RobotSetup(
                    MODEL,
                    EngineSettings.cpu("libtorch", 1),
                    SIZES,
                    new WorldModelLearningConfig(
                            LossWeights.reference(),
                            new WorldModelLearningConfig.Sampling(8, 6, 8, 1 << 20, 0),
                            new WorldModelLearningConfig.View(0, 0, 0, false),
                            new WorldModelLearningConfig.Rates(
                                    3e-3, 3e-3, 10, 3e-3, 100, 3e-3, 10, 1e-3, false),
                            new WorldModelLearningConfig.Control(0.9, 0.02, -2.3, -1, 1),
                            1,
                            0),
                    FRAME,
                    4,
                    4,
                    1,
                    8,
                    new ActingConfig(2, 1_000, 16, ActingConfig.AT_WILL, 0, 0, 50),
                    false);

    @TempDir Path folder;
    private final AtomicLong now = new AtomicLong(1_000_000);

    /** A light in one of five places; each action moves it to the left or to the right by one. */
    private static List<RobotStep> episode(String robot, long episode) {
        var random = new CounterRandom(robot.hashCode(), episode, 0);
        int place = (int) random.nextLong(PLACES);
        List<RobotStep> steps = new ArrayList<>();
        for (int step = 0; step < STEPS; step++) {
            int move = random.nextDouble() < 0.5 ? -1 : 1;
            steps.add(
                    new RobotStep(
                            robot,
                            episode,
                            step,
                            picture(place),
                            new float[] {felt(place)},
                            new float[] {0.9f * move},
                            place == PLACES / 2 ? 1 : 0));
            place = Math.max(0, Math.min(PLACES - 1, place + move));
        }
        return steps;
    }

    private static byte[] picture(int place) {
        byte[] picture = new byte[FRAME.size()];
        for (int i = 0; i < picture.length; i++) {
            double distance = Math.hypot(i / 3 % SIDE - 2 * place, i / 3 / SIDE - SIDE / 2);
            picture[i] = (byte) Math.round(255 * Math.max(0, 1 - distance / 2));
        }
        return picture;
    }

    private static float felt(int place) {
        return (float) place / PLACES;
    }

    private static int place(byte[] picture) {
        for (int place = 0; place < PLACES; place++) {
            if (Arrays.equals(picture, picture(place))) {
                return place;
            }
        }
        throw new IllegalArgumentException("no picture of this world");
    }

    /**
     * @param updates of a learner that begins with nothing
     */
    private static ModelArtifact learned(int updates) {
        try (OnlineLearner<ExperienceBatch> learner = SETUP.newLearner()) {
            for (int update = 0; update < updates; update++) {
                learner.step(new ExperienceBatch(episode("teacher", update)));
            }
            return learner.publish();
        }
    }

    /** Writes a version as the learner's branch does, in several chunks. */
    private static void publish(PageRun run, ModelArtifact artifact, long number) throws Exception {
        ModelVersion version = ModelVersion.of(MODEL, number, artifact);
        version.parentVersion = -1;
        version.tokenizerHash = "";
        var cut = new ModelChunksFunction(CHUNK_BYTES);
        cut.open((OpenContext) null);
        List<OutRecord> records = new ArrayList<>();
        cut.flatMap(version, new ListCollector<>(records));
        assertThat(records).hasSizeGreaterThan(2);
        records.forEach(run::model);
        run.flush();
    }

    private static RobotObservation seen(List<RobotStep> episode, int step) {
        RobotStep now = episode.get(step);
        List<StepOutcome> outcomes =
                step == 0
                        ? List.of()
                        : List.of(
                                new StepOutcome(
                                        (long) step - 1,
                                        0f,
                                        List.of(episode.get(step - 1).action()[0]),
                                        false));
        return new RobotObservation(
                now.robot(),
                now.episode(),
                (long) step,
                1L,
                ByteBuffer.wrap(now.picture()),
                SIDE,
                SIDE,
                List.of(now.felt()[0]),
                0f,
                false,
                0,
                outcomes,
                true,
                true);
    }

    /** The place at which an actor that went through the episode is surprised least at its end. */
    private static int leastSurprising(WorldModelActor actor, List<RobotStep> episode) {
        Belief belief = null;
        for (RobotStep step : episode.subList(0, STEPS - 1)) {
            belief = look(actor, step, step.picture(), belief).belief().withAction(step.action());
        }
        int least = 0;
        double[] surprises = new double[PLACES];
        for (int place = 0; place < PLACES; place++) {
            surprises[place] =
                    look(actor, episode.get(STEPS - 1), picture(place), belief).surpriseNats();
            if (surprises[place] < surprises[least]) {
                least = place;
            }
        }
        return least;
    }

    private static Decision look(
            WorldModelActor actor, RobotStep step, byte[] picture, Belief before) {
        return actor.act(
                        List.of(
                                new Glimpse(
                                        step.robot(),
                                        step.episode(),
                                        step.sequence(),
                                        picture,
                                        new float[] {felt(place(picture))},
                                        before,
                                        false)))
                .get(0);
    }

    /** What the page is sent of its robots, some time later than before. */
    private JsonNode robots(PageState state) throws IOException {
        now.addAndGet(10_000);
        return new ObjectMapper().readTree(state.json("robots", Timeline.Window.MINUTES).json());
    }

    @Test
    void whatIsShownIsWhatAnActorOfThatVersionIsSurprisedAtLeast() throws Exception {
        ModelArtifact artifact = learned(UPDATES);
        List<List<RobotStep>> episodes = new ArrayList<>();
        for (int robot = 0; robot < ROBOTS; robot++) {
            episodes.add(episode("robot-" + robot, robot));
        }
        var state = new PageState(Pipeline.ROBOTS, List.of(MODEL), now::get);
        try (var run = new PageRun(folder, Pipeline.ROBOTS, Optional.empty());
                var consumer = PageReader.consumer(run.kafka);
                var foresight =
                        new Foresight(
                                run.kafka,
                                run.config.get(FreshetOptions.MODELS_TOPIC),
                                SETUP,
                                state);
                var actor =
                        new WorldModelActor(
                                TensorEngines.start("libtorch", 1), SIZES, FRAME, 8, 1, artifact)) {
            for (List<RobotStep> episode : episodes) {
                for (int step = 0; step < STEPS; step++) {
                    state.take(Kind.OBSERVATIONS, PageRecords.record(0, 1, seen(episode, step)));
                }
            }
            assertThat(state.seenNow()).as("nobody looks").isEmpty();
            publish(run, learned(0), 0);
            assertThat(robots(state).get("robots")).hasSize(ROBOTS);
            foresight.look(consumer, state.seenNow().orElseThrow());
            assertThat(robots(state).get("expectedNot").asText()).startsWith("no version");

            publish(run, artifact, UPDATES);
            foresight.look(consumer, state.seenNow().orElseThrow());
            JsonNode robots = robots(state).get("robots");
            Set<Integer> moves = new TreeSet<>();
            for (int i = 0; i < ROBOTS; i++) {
                JsonNode expected = robots.get(i).get("expected");
                RobotStep last = episodes.get(i).get(STEPS - 1);
                assertThat(expected.get("version").asLong()).isEqualTo(UPDATES);
                assertThat(expected.get("step").asInt()).isEqualTo(STEPS - 1);
                assertThat(expected.get("candidates").asInt()).isEqualTo((ROBOTS - 1) * STEPS);
                assertThat(expected.get("came").binaryValue()).isEqualTo(last.picture());
                int shown = place(expected.get("samples").binaryValue());
                assertThat(shown)
                        .as(last.robot())
                        .isEqualTo(leastSurprising(actor, episodes.get(i)))
                        .isEqualTo(place(last.picture()));
                moves.add(shown - place(episodes.get(i).get(STEPS - 2).picture()));
            }
            assertThat(moves).as("to both sides, by what was done").contains(-1, 1);
        }
    }
}

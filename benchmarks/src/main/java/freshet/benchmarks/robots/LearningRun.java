package freshet.benchmarks.robots;

import freshet.learners.Order;
import freshet.learners.StepReport;
import freshet.learners.stability.rules.Report;
import freshet.learners.tensor.TensorEngine;
import freshet.learners.worldmodel.Belief;
import freshet.learners.worldmodel.Decision;
import freshet.learners.worldmodel.ExperienceBatch;
import freshet.learners.worldmodel.Frame;
import freshet.learners.worldmodel.Glimpse;
import freshet.learners.worldmodel.RobotStep;
import freshet.learners.worldmodel.WorldModelActor;
import freshet.learners.worldmodel.WorldModelLearner;
import freshet.simulators.Distractions;
import freshet.simulators.RobotFleet;
import freshet.simulators.SimulatedRobot;
import freshet.simulators.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Robots that act and a learner that learns from them, in one thread and without a broker: what the
 * learner is worth apart from the stream around it.
 */
final class LearningRun implements AutoCloseable {

    static final int CHANNELS = 3;
    private static final float[] NOTHING_FELT = {};

    private final RobotFleet fleet;
    private final RobotFleet judges;
    private final Frame frame;
    private final WorldModelLearner learner;
    private final WorldModelActor actor;
    private final long seed;
    private final boolean staggered;
    private final Belief[] beliefs; // of the robots that learn
    private final int stepsPerUpdate;
    private final long randomSteps;
    private final List<RobotStep> batch = new ArrayList<>();
    private long steps;
    private long updates;
    private StepReport lastMeasured;
    private double lastReturn;
    private RobotReports reports = new RobotReports(report -> {});
    private Consumer<byte[]> lens = picture -> {};
    private LinearProbe probe = new LinearProbe();

    /**
     * @param robots that learn; as many others judge
     * @param staggered whether episodes begin one after another, evenly; else all at once
     * @param stepsPerUpdate of all robots together, at least 1
     */
    LearningRun(
            TensorEngine engine,
            LearningRecipe recipe,
            Task.Name task,
            Distractions distractions,
            int side,
            int robots,
            boolean staggered,
            int stepsPerUpdate,
            long seed) {
        this.seed = seed;
        this.staggered = staggered;
        beliefs = new Belief[robots];
        this.stepsPerUpdate = stepsPerUpdate;
        randomSteps = recipe.learning().experience().firstUpdateAfter();
        fleet = new RobotFleet(task, robots, side, distractions, 10 * seed + 1);
        judges = new RobotFleet(task, robots, side, distractions.onTestTextures(), 10 * seed + 2);
        frame = new Frame(side, side, CHANNELS);
        learner = new WorldModelLearner(engine, recipe.model(), recipe.learning(), frame);
        actor = new WorldModelActor(engine, recipe.model(), frame, robots, seed, learner.publish());
    }

    /** Tells {@code seen} of what its learner and robots report from now on. */
    void tell(Consumer<Report> seen) {
        reports = new RobotReports(seen);
    }

    /** What the robots that learn see is changed by {@code newLens} from now on. */
    void seeThrough(Consumer<byte[]> newLens) {
        lens = newLens;
    }

    void order(Order order) {
        learner.obey(order, false);
    }

    long steps() {
        return steps;
    }

    long updates() {
        return updates;
    }

    /** Mean return of the newest episodes, drawn actions and all. */
    double trainingReturn() {
        return lastReturn;
    }

    /** The newest report with measurements, or null. */
    StepReport lastMeasured() {
        return lastMeasured;
    }

    /** All robots live through one episode, and the learner through as many updates as are due. */
    void episode() {
        probe = new LinearProbe();
        lastReturn = episode(fleet, true, beliefs, probe);
    }

    /**
     * Mean return of an episode at the policy's means.
     *
     * @param explained filled with what a linear probe reads of each number of the true state
     */
    double judge(List<Double> explained) {
        var ofJudges = new LinearProbe();
        actor.load(learner.publish());
        double mean = episode(judges, false, new Belief[judges.count()], ofJudges);
        if (probe.size() > 0) {
            for (double share : probe.explained(ofJudges)) {
                explained.add(share);
            }
        }
        return mean;
    }

    /**
     * @param before what the robots believe, kept from one call to the next where episodes overlap
     */
    private double episode(
            RobotFleet robots, boolean learns, Belief[] before, LinearProbe beliefs) {
        int count = robots.count();
        int actuators = robots.task().actuators();
        float[] actions = new float[count * actuators];
        float[] rewards = new float[count];
        double sum = 0;
        for (int step = 0; step < SimulatedRobot.EPISODE_STEPS; step++) {
            byte[][] pictures = new byte[count][frame.size()];
            for (int place = 0; place < count; place++) {
                int starts = learns && staggered ? place * SimulatedRobot.EPISODE_STEPS / count : 0;
                if (step == starts) {
                    robots.robot(place).startEpisode();
                    before[place] = null;
                }
                robots.see(place, pictures[place], 0);
                if (learns) {
                    lens.accept(pictures[place]);
                }
            }
            boolean random = learns && steps < randomSteps;
            decide(robots, pictures, before, actions, !learns, random, beliefs);
            robots.act(actions, rewards);
            for (float reward : rewards) {
                sum += reward;
            }
            if (learns) {
                learn(robots, pictures, actions, rewards);
            }
        }
        return sum / count;
    }

    private void decide(
            RobotFleet robots,
            byte[][] pictures,
            Belief[] before,
            float[] actions,
            boolean atMeans,
            boolean random,
            LinearProbe beliefs) {
        int actuators = robots.task().actuators();
        var glimpses = new ArrayList<Glimpse>();
        for (int place = 0; place < pictures.length; place++) {
            SimulatedRobot robot = robots.robot(place);
            glimpses.add(
                    new Glimpse(
                            name(place),
                            robot.episode(),
                            robot.step(),
                            pictures[place],
                            NOTHING_FELT,
                            before[place],
                            !atMeans));
        }
        List<Decision> decisions = actor.act(glimpses);
        for (int place = 0; place < pictures.length; place++) {
            Belief belief = decisions.get(place).belief();
            SimulatedRobot robot = robots.robot(place);
            if (!atMeans) {
                reports.acted(
                        name(place),
                        robot.step(),
                        pictures[place],
                        decisions.get(place).surpriseNats());
            }
            if (random) {
                belief =
                        belief.withAction(
                                WorldModelActor.randomAction(
                                        seed,
                                        name(place),
                                        robot.episode(),
                                        robot.step(),
                                        actuators));
            }
            before[place] = belief;
            beliefs.add(belief.latent(), belief.hidden(), robot.trueState());
            System.arraycopy(belief.action(), 0, actions, place * actuators, actuators);
        }
    }

    private static String name(int place) {
        return "robot-" + place;
    }

    private void learn(RobotFleet robots, byte[][] pictures, float[] actions, float[] rewards) {
        int actuators = robots.task().actuators();
        boolean learned = false;
        for (int place = 0; place < pictures.length; place++) {
            float[] action = new float[actuators];
            System.arraycopy(actions, place * actuators, action, 0, actuators);
            reports.earned(name(place), rewards[place]);
            batch.add(
                    new RobotStep(
                            name(place),
                            robots.robot(place).episode(),
                            robots.robot(place).step() - 1L, // it has acted
                            pictures[place],
                            NOTHING_FELT,
                            action,
                            rewards[place]));
            steps++;
            if (batch.size() == stepsPerUpdate) {
                learned |= learn(List.copyOf(batch));
                batch.clear();
            }
        }
        if (learned) {
            actor.load(learner.publish());
        }
    }

    private boolean learn(List<RobotStep> newest) {
        StepReport report = learner.step(new ExperienceBatch(newest));
        if (!report.applied()) {
            throw new IllegalStateException(report.refusal());
        }
        if (report.items() > 0) {
            updates++;
            reports.learned(report);
            lastMeasured = report.measurements().isEmpty() ? lastMeasured : report;
        }
        return report.items() > 0;
    }

    @Override
    public void close() {
        actor.close();
        learner.close();
    }
}

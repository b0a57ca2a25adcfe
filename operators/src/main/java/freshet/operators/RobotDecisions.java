package freshet.operators;

import freshet.learners.Measurement;
import freshet.learners.robots.RobotTrack.Arrival;
import freshet.learners.robots.RobotTrack.Fate;
import freshet.learners.robots.StepOutcome;
import freshet.learners.worldmodel.Belief;
import freshet.learners.worldmodel.Decision;
import freshet.learners.worldmodel.Glimpse;
import freshet.learners.worldmodel.WorldModelActor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;

/** What robots that wait are told. Owns the model until closed. */
final class RobotDecisions implements AutoCloseable {

    private final RobotSetup setup;
    private final ServedModel<WorldModelActor> model;
    private final Counter actions;
    private final Counter passes;
    private final Counter bridgedSteps;
    private final Counter repeatedRecords;
    private final Counter lateRecords;
    private double lastSurpriseNats;

    RobotDecisions(
            RobotSetup setup, MetricGroup metrics, Counter repeatedRecords, Counter lateRecords) {
        this.setup = setup;
        this.repeatedRecords = repeatedRecords;
        this.lateRecords = lateRecords;
        model = new ServedModel<>(setup::newActor, WorldModelActor::load);
        actions = metrics.counter("actions");
        passes = metrics.counter("passes");
        bridgedSteps = metrics.counter("bridgedSteps");
        metrics.gauge("surpriseNats", () -> lastSurpriseNats);
    }

    /** One robot's step on its way to an action. */
    private static final class Step {
        private final AskedRobot asked;

        /** In the order of the answers. */
        private final int place;

        private final ModelVersion by;

        /** {@code [A]}, what the robot did at the step before. */
        private final float[] lastDone;

        /** What it did since its newest observation, see {@link Arrival#actions}. */
        private final List<float[]> done;

        /** Null where the belief begins. */
        private Belief before;

        private Step(
                AskedRobot asked,
                int place,
                ModelVersion by,
                float[] lastDone,
                List<float[]> done,
                Belief before) {
            this.asked = asked;
            this.place = place;
            this.by = by;
            this.lastDone = lastDone;
            this.done = done;
            this.before = before;
        }

        private int missing() {
            return Math.max(0, done.size() - 1);
        }

        /** At the missing step of that number, from 0: on by what the robot did. */
        private Glimpse blind(int number) {
            RobotRecord record = asked.record();
            return new Glimpse(
                    record.source,
                    record.episode,
                    record.sequence - missing() + number,
                    null,
                    null,
                    before.withAction(done.get(number)),
                    false);
        }

        private Glimpse look() {
            RobotRecord record = asked.record();
            return new Glimpse(
                    record.source,
                    record.episode,
                    record.sequence,
                    record.picture,
                    record.felt,
                    before == null ? null : before.withAction(done.get(done.size() - 1)),
                    record.explore);
        }
    }

    /**
     * Decides for each robot, at most one record of a robot.
     *
     * @param robots all that are known
     * @param keptVersions null if robots act by what is due at every step
     * @return in the order of the robots; none for what is late or ends an episode
     */
    List<RobotAnswer> of(
            List<AskedRobot> asked, Collection<ActingRobot> robots, EpisodeVersions keptVersions) {
        RobotAnswer[] answers = new RobotAnswer[asked.size()];
        Map<Long, List<Step>> byVersion = new LinkedHashMap<>();
        for (int place = 0; place < answers.length; place++) {
            AskedRobot one = asked.get(place);
            RobotRecord record = one.record();
            ActingRobot robot = one.robot();
            List<StepOutcome> outcomes = record.outcomes();
            countOutcomes(robot, record, outcomes);
            Arrival arrival = robot.track.arrive(record.episode, record.sequence, outcomes);
            if (arrival.fate() == Fate.LATE) {
                lateRecords.inc();
            } else if (arrival.fate() == Fate.REPEATED) {
                repeatedRecords.inc();
                if (arrival.cached() != null) {
                    answers[place] = answer(record, arrival.cached(), robot.answeredBy);
                }
            } else {
                Step step =
                        step(
                                one,
                                place,
                                arrival,
                                lastDone(one, outcomes, arrival),
                                keptVersions == null
                                        ? one.due()
                                        : keptVersions.of(
                                                robot,
                                                arrival.fate() == Fate.BEGINS,
                                                one.due(),
                                                robots));
                if (record.terminal) {
                    robot.track.ended();
                    robot.belief = null;
                    robot.keeps = ActingRobot.KEEPS_NONE;
                } else {
                    byVersion.computeIfAbsent(step.by.version, v -> new ArrayList<>()).add(step);
                }
            }
        }
        byVersion.values().forEach(steps -> decide(steps, answers));
        return Arrays.stream(answers).filter(Objects::nonNull).toList();
    }

    /** Of the steps since its newest observation. */
    private static void countOutcomes(
            ActingRobot robot, RobotRecord record, List<StepOutcome> outcomes) {
        long from = record.episode == robot.track.episode() ? robot.track.sequence() : 0;
        for (StepOutcome outcome : outcomes) {
            if (outcome.sequence() >= from) {
                robot.report.earned(outcome.reward());
                if (outcome.missed()) {
                    robot.report.missed();
                }
            }
        }
    }

    private static Step step(
            AskedRobot asked, int place, Arrival arrival, float[] lastDone, ModelVersion by) {
        boolean follows = arrival.fate() == Fate.FOLLOWS;
        return new Step(
                asked,
                place,
                by,
                lastDone,
                arrival.actions(),
                follows ? asked.robot().belief : null);
    }

    /**
     * What it did at the step before, by its outcome if it is known, else by what it was told last;
     * nothing at the start of an episode.
     */
    private float[] lastDone(AskedRobot asked, List<StepOutcome> outcomes, Arrival arrival) {
        for (StepOutcome outcome : outcomes) {
            if (outcome.sequence() == asked.record().sequence - 1) {
                return outcome.action();
            }
        }
        return switch (arrival.fate()) {
            case FOLLOWS -> arrival.actions().get(arrival.actions().size() - 1);
            case BEGINS_AFTER_GAP -> asked.robot().belief.action();
            default -> new float[setup.model().behaviour().actions()];
        };
    }

    /** All by one version. */
    private void decide(List<Step> steps, RobotAnswer[] answers) {
        WorldModelActor actor = model.of(steps.get(0).by);
        int most = steps.stream().mapToInt(Step::missing).max().orElse(0);
        for (int missing = 0; missing < most; missing++) {
            int number = missing;
            List<Step> bridged = steps.stream().filter(one -> one.missing() > number).toList();
            List<Decision> expected =
                    actor.act(bridged.stream().map(one -> one.blind(number)).toList());
            for (int i = 0; i < bridged.size(); i++) {
                bridged.get(i).before = expected.get(i).belief();
                bridgedSteps.inc();
            }
        }
        passes.inc();
        List<Decision> decisions = actor.act(steps.stream().map(Step::look).toList());
        for (int i = 0; i < steps.size(); i++) {
            answers[steps.get(i).place] = answer(steps.get(i), decisions.get(i));
        }
    }

    private RobotAnswer answer(Step step, Decision decision) {
        RobotRecord record = step.asked.record();
        ActingRobot robot = step.asked.robot();
        ModelVersion by = step.by;
        float[] wanted =
                record.explore && !WorldModelActor.hasLearned(by.metadata)
                        ? randomAction(record)
                        : decision.action();
        float[] action = limited(wanted, step.lastDone);
        robot.belief = decision.belief().withAction(action);
        robot.track.answered(action);
        robot.report.saw(record.picture);
        robot.report.acted(record.sequence, step.before == null, decision.surpriseNats());
        lastSurpriseNats = decision.surpriseNats();
        actions.inc();
        robot.answeredBy = by.version;
        RobotAnswer answer = answer(record, action, by.version);
        if (robot.report.isDue(setup.acting().reportEvery())) {
            report(robot, answer, by);
        }
        return answer;
    }

    private static void report(ActingRobot robot, RobotAnswer answer, ModelVersion by) {
        long number = robot.report.reports();
        List<Measurement> points =
                robot.report.take(answer.sequence, robot.track.counts().bridged());
        long ageMillis =
                by.trainedThroughMillis < 0
                        ? -1
                        : answer.observationMillis - by.trainedThroughMillis;
        points.add(Measurement.of("modelAgeMillis", (double) ageMillis));
        answer.report(number, points);
    }

    /** What is wanted, but no further from what the robot did than it may change in a step. */
    private float[] limited(float[] wanted, float[] lastDone) {
        float most = setup.acting().maxChange();
        if (most >= ActingConfig.AT_WILL) {
            return wanted;
        }
        float[] action = new float[wanted.length];
        for (int i = 0; i < action.length; i++) {
            float change = Math.max(-most, Math.min(most, wanted[i] - lastDone[i]));
            action[i] = Math.max(-1, Math.min(1, lastDone[i] + change));
        }
        return action;
    }

    private float[] randomAction(RobotRecord record) {
        return WorldModelActor.randomAction(
                setup.learning().seed(),
                record.source,
                record.episode,
                record.sequence,
                setup.model().behaviour().actions());
    }

    private static RobotAnswer answer(RobotRecord record, float[] action, long version) {
        var answer = new RobotAnswer();
        answer.robot = record.source;
        answer.episode = record.episode;
        answer.sequence = record.sequence;
        answer.observationMillis = record.eventTimeMillis;
        answer.deadlineMillis =
                record.deadlineMillis == 0 ? 0 : record.eventTimeMillis + record.deadlineMillis;
        answer.action = action;
        answer.modelVersion = version;
        return answer;
    }

    @Override
    public void close() throws Exception {
        model.close();
    }
}

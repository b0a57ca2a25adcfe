package freshet.operators;

import freshet.learners.Measurement;
import freshet.learners.robots.RobotTrack.Arrival;
import freshet.learners.robots.RobotTrack.Fate;
import freshet.learners.robots.StepOutcome;
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
    private final Counter unrolledSteps;
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
        unrolledSteps = metrics.counter("unrolledSteps");
        metrics.gauge("surpriseNats", () -> lastSurpriseNats);
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
        Map<Long, List<ActingStep>> byVersion = new LinkedHashMap<>();
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
                ActingStep step =
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
                    robot.frames.clear();
                    robot.keeps = ActingRobot.KEEPS_NONE;
                } else {
                    byVersion.computeIfAbsent(step.by().version, v -> new ArrayList<>()).add(step);
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

    private static ActingStep step(
            AskedRobot asked, int place, Arrival arrival, float[] lastDone, ModelVersion by) {
        boolean follows = arrival.fate() == Fate.FOLLOWS;
        return new ActingStep(
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
    private void decide(List<ActingStep> steps, RobotAnswer[] answers) {
        WorldModelActor actor = model.of(steps.get(0).by());
        unroll(actor, steps);
        int most = steps.stream().mapToInt(ActingStep::missing).max().orElse(0);
        for (int missing = 0; missing < most; missing++) {
            int number = missing;
            List<ActingStep> bridged =
                    steps.stream().filter(one -> one.missing() > number).toList();
            List<Decision> expected =
                    actor.act(bridged.stream().map(one -> one.blind(number)).toList());
            for (int i = 0; i < bridged.size(); i++) {
                bridged.get(i).believes(expected.get(i));
                bridgedSteps.inc();
            }
        }
        passes.inc();
        List<Decision> decisions = actor.act(steps.stream().map(ActingStep::look).toList());
        for (int i = 0; i < steps.size(); i++) {
            answers[steps.get(i).place()] = answer(steps.get(i), decisions.get(i));
        }
    }

    /** Makes the beliefs that other weights made anew, of what was seen. */
    private void unroll(WorldModelActor actor, List<ActingStep> steps) {
        Map<ActingStep, List<RecentFrames.Seen>> stale = new LinkedHashMap<>();
        for (ActingStep step : steps) {
            List<RecentFrames.Seen> frames = step.toUnroll();
            if (!frames.isEmpty()) {
                stale.put(step, frames);
                step.forgets();
            }
        }
        int most = stale.values().stream().mapToInt(List::size).max().orElse(0);
        for (int place = 0; place < most; place++) {
            List<ActingStep> unrolled = new ArrayList<>();
            List<Glimpse> glimpses = new ArrayList<>();
            for (var entry : stale.entrySet()) {
                if (place < entry.getValue().size()) {
                    unrolled.add(entry.getKey());
                    glimpses.add(entry.getKey().again(entry.getValue().get(place)));
                }
            }
            List<Decision> expected = actor.act(glimpses);
            for (int i = 0; i < unrolled.size(); i++) {
                unrolled.get(i).believes(expected.get(i));
                unrolledSteps.inc();
            }
        }
    }

    private RobotAnswer answer(ActingStep step, Decision decision) {
        RobotRecord record = step.asked().record();
        ActingRobot robot = step.asked().robot();
        ModelVersion by = step.by();
        float[] wanted =
                record.explore && !WorldModelActor.hasLearned(by.metadata)
                        ? randomAction(record)
                        : decision.action();
        float[] action = limited(wanted, step.lastDone());
        robot.belief = decision.belief().withAction(action);
        step.keepFrames();
        robot.track.answered(action);
        robot.report.saw(record.picture);
        robot.report.acted(record.sequence, step.begins(), decision.surpriseNats());
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

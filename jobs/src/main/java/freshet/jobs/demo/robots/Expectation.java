package freshet.jobs.demo.robots;

import freshet.learners.tensor.TensorEngines;
import freshet.learners.worldmodel.FramePredictor;
import freshet.learners.worldmodel.RobotStep;
import freshet.operators.RobotSetup;
import java.util.ArrayList;
import java.util.List;

/**
 * What an episode's model expected to see at some of its steps, as the frames of other episodes
 * that meet it best: never the frame that came, nor any of its episode.
 *
 * @param shots evenly spread over the episode, from step 1 to its end
 * @param fittedBetter of the candidates, than the frame that came: mean over all steps
 */
record Expectation(List<Shot> shots, int candidates, double fittedBetter) {

    /**
     * One step.
     *
     * @param came what the robot saw, 8-bit RGB, rows from the top
     * @param expected the candidate that meets best what was expected of this step before the look
     */
    record Shot(long step, byte[] came, byte[] expected) {}

    /**
     * @param candidates frames of other episodes, at least one
     * @param count of shots, from 2
     */
    static Expectation of(
            RobotSetup setup, KeptEpisodes.Kept kept, List<RobotStep> candidates, int count) {
        List<RobotStep> steps = kept.steps();
        try (var predictor =
                new FramePredictor(
                        TensorEngines.start(setup.engine()),
                        setup.model(),
                        setup.frame(),
                        kept.model())) {
            var frames = new FramePredictor.Candidates(predictor.features(candidates));
            float[][] came = predictor.features(steps);
            float[][] expected = predictor.expected(steps);
            List<Shot> shots = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                int step = 1 + (int) Math.round((double) i * (steps.size() - 2) / (count - 1));
                int best = frames.best(expected[step - 1]);
                shots.add(
                        new Shot(step, steps.get(step).picture(), candidates.get(best).picture()));
            }
            double better = 0;
            for (int step = 1; step < steps.size(); step++) {
                better += frames.better(expected[step - 1], came[step]);
            }
            return new Expectation(shots, candidates.size(), better / (steps.size() - 1));
        }
    }
}

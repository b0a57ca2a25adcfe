package freshet.learners.worldmodel;

import freshet.learners.tensor.CounterRandom;
import freshet.learners.tensor.Inputs;
import java.util.List;

/** A batch of sequences, with all the noise of one update. */
final class SequenceBatch {

    private final WorldModelConfig model;
    private final WorldModelLearningConfig learning;
    private final PictureView view;
    private final Inputs pictures = new Inputs(); // and all else that both losses read
    private final CounterRandom random;
    private final int steps; // T
    private final int sequences; // B
    private final int rows; // T B

    /**
     * @param sequences at least one
     */
    SequenceBatch(
            WorldModelConfig model,
            WorldModelLearningConfig learning,
            PictureView view,
            List<? extends ExperienceStore.Sequence> sequences,
            CounterRandom random) {
        this.model = model;
        this.learning = learning;
        this.view = view;
        this.random = random;
        this.steps = learning.experience().steps();
        this.sequences = sequences.size();
        rows = this.steps * this.sequences;
        put(sequences);
    }

    int steps() {
        return steps;
    }

    int sequences() {
        return sequences;
    }

    private void put(List<? extends ExperienceStore.Sequence> batch) {
        int actions = model.behaviour().actions();
        int proprioception = model.encoder().proprioception();
        float[] felt = new float[rows * proprioception];
        float[] acted = new float[rows * actions];
        float[] rewards = new float[rows];
        for (int step = 0; step < steps; step++) {
            for (int sequence = 0; sequence < sequences; sequence++) {
                ExperienceStore.Sequence one = batch.get(sequence);
                int row = step * sequences + sequence;
                float[] values = one.values(step);
                int at = one.valuesAt(step);
                System.arraycopy(values, at, felt, row * proprioception, proprioception);
                at += proprioception;
                System.arraycopy(values, at, acted, row * actions, actions);
                rewards[row] = values[at + actions];
            }
        }
        put(LearningProgram.PICTURES, batch);
        if (learning.view().secondView()) {
            put(LearningProgram.SECOND_VIEW, batch);
        }
        if (proprioception > 0) {
            pictures.put(LearningProgram.FELT, felt, rows, proprioception);
        }
        pictures.put(LearningProgram.ACTIONS, acted, steps, sequences, actions)
                .put(LearningProgram.REWARDS, rewards, rows);
    }

    private void put(String name, List<? extends ExperienceStore.Sequence> batch) {
        WorldModelConfig.Encoder encoder = model.encoder();
        float[] shown = new float[rows * view.size()];
        for (int sequence = 0; sequence < sequences; sequence++) {
            ExperienceStore.Sequence one = batch.get(sequence);
            PictureView.OfSequence ofSequence = view.draw(random);
            for (int step = 0; step < steps; step++) {
                int row = step * sequences + sequence;
                ofSequence.show(
                        one.pictures(step), one.pictureAt(step), random, shown, row * view.size());
            }
        }
        pictures.put(name, shown, rows, encoder.channels(), encoder.height(), encoder.width());
    }

    /** What the world model's losses read, with noise of their own. */
    Inputs forWorld() {
        return putWorldNoise(withNoise());
    }

    /** What critics and actor read, with noise of their own. */
    Inputs forControl(double temperature) {
        return putControlNoise(withNoise(), temperature);
    }

    /** What both read, from one pass. */
    Inputs forBoth(double temperature) {
        return putControlNoise(putWorldNoise(withNoise()), temperature);
    }

    private Inputs withNoise() {
        var inputs = new Inputs();
        pictures.arrays().forEach((name, array) -> inputs.put(name, array.floats(), array.shape()));
        return putNormal(inputs, LearningProgram.NOISE, rows, model.latent().size());
    }

    private Inputs putWorldNoise(Inputs inputs) {
        return putNormal(
                inputs, LearningProgram.PRIOR_NOISE, rows - sequences, model.latent().size());
    }

    private Inputs putControlNoise(Inputs inputs, double temperature) {
        int actions = model.behaviour().actions();
        int actorSteps = LearningProgram.actorSteps(steps, learning.control().actorEvery());
        putNormal(inputs, LearningProgram.NEXT_NOISE, rows - sequences, actions);
        putNormal(inputs, LearningProgram.ACTOR_NOISE, actorSteps * sequences, actions);
        return inputs.put(LearningProgram.TEMPERATURE, new float[] {(float) temperature}, 1);
    }

    private Inputs putNormal(Inputs inputs, String name, int count, int width) {
        float[] noise = new float[count * width];
        for (int i = 0; i < noise.length; i++) {
            noise[i] = (float) random.nextGaussian();
        }
        return inputs.put(name, noise, count, width);
    }
}

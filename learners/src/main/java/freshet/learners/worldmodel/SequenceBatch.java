package freshet.learners.worldmodel;

import freshet.learners.tensor.CounterRandom;
import freshet.learners.tensor.Inputs;
import java.util.List;

/** Draws a batch of sequences from the replay, with all the noise of one update. */
final class SequenceBatch {

    private final WorldModelConfig model;
    private final WorldModelLearningConfig learning;
    private final PictureView view;
    private final Inputs pictures = new Inputs(); // and all else that both losses read
    private final CounterRandom random;
    private final int rows; // T B

    private SequenceBatch(
            WorldModelConfig model,
            WorldModelLearningConfig learning,
            PictureView view,
            List<Replay.Chunk> chunks,
            CounterRandom random) {
        this.model = model;
        this.learning = learning;
        this.view = view;
        this.random = random;
        rows = learning.sampling().steps() * learning.sampling().sequences();
        put(chunks);
    }

    /**
     * @return null if no run of the replay is long enough
     */
    static SequenceBatch draw(
            WorldModelConfig model,
            WorldModelLearningConfig learning,
            PictureView view,
            Replay replay,
            CounterRandom random) {
        WorldModelLearningConfig.Sampling sampling = learning.sampling();
        List<Replay.Chunk> chunks =
                replay.draw(random, sampling.sequences(), sampling.steps(), sampling.perEpisode());
        return chunks.isEmpty() ? null : new SequenceBatch(model, learning, view, chunks, random);
    }

    private void put(List<Replay.Chunk> chunks) {
        int steps = learning.sampling().steps();
        int sequences = learning.sampling().sequences();
        int actions = model.behaviour().actions();
        int proprioception = model.encoder().proprioception();
        float[] felt = new float[rows * proprioception];
        float[] acted = new float[rows * actions];
        float[] rewards = new float[rows];
        for (int step = 0; step < steps; step++) {
            for (int sequence = 0; sequence < sequences; sequence++) {
                Replay.Chunk chunk = chunks.get(sequence);
                int row = step * sequences + sequence;
                float[] values = chunk.values(step);
                int at = chunk.valuesAt(step);
                System.arraycopy(values, at, felt, row * proprioception, proprioception);
                at += proprioception;
                System.arraycopy(values, at, acted, row * actions, actions);
                rewards[row] = values[at + actions];
            }
        }
        put(LearningProgram.PICTURES, chunks);
        if (learning.view().secondView()) {
            put(LearningProgram.SECOND_VIEW, chunks);
        }
        if (proprioception > 0) {
            pictures.put(LearningProgram.FELT, felt, rows, proprioception);
        }
        pictures.put(LearningProgram.ACTIONS, acted, steps, sequences, actions)
                .put(LearningProgram.REWARDS, rewards, rows);
    }

    private void put(String name, List<Replay.Chunk> chunks) {
        int steps = learning.sampling().steps();
        WorldModelConfig.Encoder encoder = model.encoder();
        float[] shown = new float[rows * view.size()];
        for (int sequence = 0; sequence < chunks.size(); sequence++) {
            Replay.Chunk chunk = chunks.get(sequence);
            PictureView.OfSequence ofSequence = view.draw(random);
            for (int step = 0; step < steps; step++) {
                int row = step * chunks.size() + sequence;
                ofSequence.show(
                        chunk.pictures(step),
                        chunk.pictureAt(step),
                        random,
                        shown,
                        row * view.size());
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
                inputs,
                LearningProgram.PRIOR_NOISE,
                rows - learning.sampling().sequences(),
                model.latent().size());
    }

    private Inputs putControlNoise(Inputs inputs, double temperature) {
        WorldModelLearningConfig.Sampling sampling = learning.sampling();
        int actions = model.behaviour().actions();
        int actorSteps =
                LearningProgram.actorSteps(sampling.steps(), learning.control().actorEvery());
        putNormal(inputs, LearningProgram.NEXT_NOISE, rows - sampling.sequences(), actions);
        putNormal(inputs, LearningProgram.ACTOR_NOISE, actorSteps * sampling.sequences(), actions);
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

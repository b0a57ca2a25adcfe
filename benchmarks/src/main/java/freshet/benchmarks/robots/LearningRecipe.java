package freshet.benchmarks.robots;

import freshet.learners.worldmodel.Experience;
import freshet.learners.worldmodel.Frame;
import freshet.learners.worldmodel.LossWeights;
import freshet.learners.worldmodel.LossWeights.Contrast;
import freshet.learners.worldmodel.LossWeights.Negatives;
import freshet.learners.worldmodel.WorldModelConfig;
import freshet.learners.worldmodel.WorldModelLearningConfig;
import java.util.Set;

/** A configuration of the world model by name, with parts of it left out. */
record LearningRecipe(WorldModelConfig model, WorldModelLearningConfig learning) {

    /**
     * @param name plain; paper, the same sizes with the source's contrast and initial kernels; or
     *     variant
     * @param without any of contrast, divergence, recurrence, same-sequence or other-sequences
     *     (among the negatives), overlay, second-view
     */
    static LearningRecipe of(
            String name, Set<String> without, int side, int actions, boolean apart, long seed) {
        LearningRecipe whole = named(name, side, actions, seed);
        for (String part : without) {
            if (!Set.of(
                            "contrast",
                            "divergence",
                            "recurrence",
                            "same-sequence",
                            "other-sequences",
                            "overlay",
                            "second-view")
                    .contains(part)) {
                throw new IllegalArgumentException("nothing named %s to leave out".formatted(part));
            }
        }
        WorldModelConfig.Latent latent = whole.model.latent();
        var model =
                whole.model.with(
                        new WorldModelConfig.Latent(
                                latent.embed(),
                                latent.recurrentInput(),
                                latent.hidden(),
                                latent.size(),
                                latent.prior(),
                                latent.posterior(),
                                !without.contains("recurrence")),
                        whole.model.heads());
        return new LearningRecipe(model, learning(whole.learning, without, apart));
    }

    private static LearningRecipe named(String name, int side, int actions, long seed) {
        WorldModelConfig small = WorldModelConfig.small(side, actions);
        WorldModelLearningConfig learning = WorldModelLearningConfig.small(seed);
        return switch (name) {
            case "plain" -> new LearningRecipe(small, learning);
            case "paper" ->
                    new LearningRecipe(
                            small.startingAt(WorldModelConfig.InitialKernels.CENTRES),
                            learning.with(LossWeights.reference()));
            case "variant" ->
                    new LearningRecipe(
                            WorldModelConfig.smallAgainstDistraction(side, actions),
                            WorldModelLearningConfig.smallAgainstDistraction(seed));
            default ->
                    throw new IllegalArgumentException(
                            "no recipe %s, only plain, paper, variant".formatted(name));
        };
    }

    /**
     * The same, learning from other experience.
     *
     * @param experience replay, recent:STEPS, stream:STRIDE or stream:STRIDE:LENGTH
     */
    LearningRecipe with(String experience, Frame frame) {
        String[] parts = experience.split(":", 3);
        int number = parts.length > 1 ? Integer.parseInt(parts[1]) : 0;
        int length = parts.length > 2 ? Integer.parseInt(parts[2]) : learning.experience().steps();
        Experience other =
                switch (parts[0]) {
                    case "replay" -> learning.experience();
                    case "recent" -> learning.recent(model, frame, number);
                    case "stream" -> learning.streamed(length, number);
                    default ->
                            throw new IllegalArgumentException(
                                    "no experience %s, only replay, recent:STEPS, stream:STRIDE"
                                            .formatted(experience));
                };
        return new LearningRecipe(model, learning.with(other));
    }

    private static WorldModelLearningConfig learning(
            WorldModelLearningConfig base, Set<String> without, boolean apart) {
        LossWeights weights = base.weights();
        boolean contrast = !without.contains("contrast");
        // The second view is there to be contrasted with the first.
        boolean secondView =
                contrast && base.view().secondView() && !without.contains("second-view");
        WorldModelLearningConfig.Rates rates = base.rates();
        return new WorldModelLearningConfig(
                new LossWeights(
                        contrast(without, weights.contrast()),
                        secondView ? weights.sameFrame() : 0,
                        weights.reward(),
                        weights.inverse(),
                        without.contains("divergence") ? 0 : weights.divergence(),
                        weights.freeNats()),
                base.experience(),
                new WorldModelLearningConfig.View(
                        base.view().padding(),
                        without.contains("overlay") ? 0 : base.view().overlay(),
                        without.contains("overlay") ? 0 : base.view().channelGain(),
                        secondView),
                new WorldModelLearningConfig.Rates(
                        rates.world(),
                        rates.theta(),
                        rates.worldClip(),
                        rates.critic(),
                        rates.criticClip(),
                        rates.actor(),
                        rates.actorClip(),
                        rates.temperature(),
                        apart),
                base.control(),
                base.seed(),
                base.measureEverySteps());
    }

    private static Contrast contrast(Set<String> without, Contrast usual) {
        if (without.contains("contrast")) {
            return usual.weighing(0);
        }
        if (without.contains("other-sequences")) {
            return usual.against(Negatives.SAME_SEQUENCE);
        }
        return without.contains("same-sequence") ? usual.against(Negatives.OTHER_SEQUENCES) : usual;
    }
}

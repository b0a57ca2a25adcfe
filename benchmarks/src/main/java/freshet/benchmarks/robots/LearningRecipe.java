package freshet.benchmarks.robots;

import freshet.learners.worldmodel.Experience;
import freshet.learners.worldmodel.Frame;
import freshet.learners.worldmodel.LossWeights;
import freshet.learners.worldmodel.LossWeights.Negatives;
import freshet.learners.worldmodel.WorldModelConfig;
import freshet.learners.worldmodel.WorldModelLearningConfig;
import java.util.Set;

/** A configuration of the world model by name, with parts of it left out. */
record LearningRecipe(WorldModelConfig model, WorldModelLearningConfig learning) {

    /**
     * @param name plain or variant
     * @param without any of contrast, divergence, recurrence, same-sequence or other-sequences
     *     (among the negatives), overlay, second-view
     */
    static LearningRecipe of(
            String name, Set<String> without, int side, int actions, boolean apart, long seed) {
        boolean variant =
                switch (name) {
                    case "plain" -> false;
                    case "variant" -> true;
                    default ->
                            throw new IllegalArgumentException(
                                    "no recipe %s, only plain, variant".formatted(name));
                };
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
        WorldModelConfig small =
                variant
                        ? WorldModelConfig.smallAgainstDistraction(side, actions)
                        : WorldModelConfig.small(side, actions);
        WorldModelConfig.Latent latent = small.latent();
        var model =
                small.with(
                        new WorldModelConfig.Latent(
                                latent.embed(),
                                latent.recurrentInput(),
                                latent.hidden(),
                                latent.size(),
                                latent.prior(),
                                latent.posterior(),
                                !without.contains("recurrence")),
                        small.heads());
        return new LearningRecipe(model, learning(variant, without, apart, seed));
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
            boolean variant, Set<String> without, boolean apart, long seed) {
        WorldModelLearningConfig base =
                variant
                        ? WorldModelLearningConfig.smallAgainstDistraction(seed)
                        : WorldModelLearningConfig.small(seed);
        LossWeights weights = base.weights();
        boolean contrast = !without.contains("contrast");
        // The second view is there to be contrasted with the first.
        boolean secondView =
                contrast && base.view().secondView() && !without.contains("second-view");
        WorldModelLearningConfig.Rates rates = base.rates();
        return new WorldModelLearningConfig(
                new LossWeights(
                        contrast ? weights.contrast() : 0,
                        negatives(without, weights.negatives()),
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
                seed,
                base.measureEverySteps());
    }

    private static Negatives negatives(Set<String> without, Negatives usual) {
        if (without.contains("other-sequences")) {
            return Negatives.SAME_SEQUENCE;
        }
        return without.contains("same-sequence") ? Negatives.OTHER_SEQUENCES : usual;
    }
}

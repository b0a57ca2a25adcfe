package freshet.learners.memory;

import java.util.List;

/**
 * How well a text was predicted, token by token and by each published line, before anything was
 * learned from the token. Sum bits over tokens and divide by the text's bytes for bits per byte. A
 * line whose experts were not given is NaN throughout.
 *
 * @param model {@code [n]} bits of each token under the language model alone
 * @param modelAndNeighbours {@code [n]} under model and nearest neighbours
 * @param contexts {@code [n]} under n-gram and longest match alone
 * @param all {@code [n]} under all three
 * @param modelShare share of the language model in the mix of all three: mean over the decisions of
 *     |weight x input| of its inputs, shares sum to 1
 * @param neighbourShare share of the nearest neighbours
 * @param contextShare share of n-gram and longest match
 * @param next the five most probable of the candidates, most probable first
 */
public record MixedText(
        double[] model,
        double[] modelAndNeighbours,
        double[] contexts,
        double[] all,
        double modelShare,
        double neighbourShare,
        double contextShare,
        List<NextToken> next) {

    /**
     * A token that may follow the text.
     *
     * @param token its id
     * @param probability under all three experts (under those given, if fewer)
     */
    public record NextToken(int token, double probability) {}
}

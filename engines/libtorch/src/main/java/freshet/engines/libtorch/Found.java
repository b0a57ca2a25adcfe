package freshet.engines.libtorch;

import java.util.ArrayList;
import java.util.List;

/**
 * What the device check found.
 *
 * @param missing why CUDA cannot be used at all and what to do; empty if it can
 * @param versions of driver and runtime, empty if they were not asked
 * @param cards that CUDA may see, by index
 */
record Found(String missing, String versions, List<Card> cards) {

    static Found nothing(String missing) {
        return new Found(missing, "", List.of());
    }

    /** For people, one line each. */
    List<String> lines() {
        var lines = new ArrayList<String>();
        if (!versions.isEmpty()) {
            lines.add(versions);
        }
        for (Card card : cards) {
            lines.add(card + (card.isSupported() ? "" : ": not supported, " + supported()));
        }
        if (!missing.isEmpty()) {
            lines.add("no GPU: " + missing);
        }
        return lines;
    }

    /**
     * The card for {@code tensor.device}.
     *
     * @param index of the card
     * @throws IllegalStateException if it cannot be used: why, and what to do
     */
    Card card(int index) {
        String wanted = "tensor.device is cuda:" + index + ", but ";
        if (!missing.isEmpty()) {
            throw new IllegalStateException(wanted + missing);
        }
        if (index >= cards.size()) {
            throw new IllegalStateException(
                    wanted
                            + "CUDA sees %d cards, counted from 0: %s; see CUDA_VISIBLE_DEVICES"
                                    .formatted(cards.size(), cards));
        }
        Card card = cards.get(index);
        if (!card.isSupported()) {
            throw new IllegalStateException(
                    wanted + "this is " + card + "; " + supported() + "; use tensor.device cpu");
        }
        return card;
    }

    private static String supported() {
        return "libtorch's GPU build has code for compute capabilities 7.5 to 12.0";
    }
}

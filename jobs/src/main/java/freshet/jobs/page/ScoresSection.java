package freshet.jobs.page;

import com.fasterxml.jackson.databind.node.ObjectNode;
import freshet.schemas.Measurement;
import freshet.schemas.Telemetry;
import freshet.schemas.TextPrediction;

/**
 * Scores over time: of texts bits per byte by expert, of images accuracy by model, of robots the
 * return of their episodes. Only what was predicted before it was learned counts.
 *
 * <p>Bounded by its three timelines.
 */
final class ScoresSection extends Section {

    /** Four experts of eight models. */
    private static final int MAX_TEXT_SERIES = 32;

    private static final int MAX_IMAGE_SERIES = 16;
    private static final int MAX_ROBOT_SERIES = 2;

    private final Timeline texts = new Timeline(MAX_TEXT_SERIES);
    private final Timeline images = new Timeline(MAX_IMAGE_SERIES);
    private final Timeline robots = new Timeline(MAX_ROBOT_SERIES);

    ScoresSection() {
        super("scores");
    }

    void predicted(TextPrediction text, long at) {
        int bytes = text.getTextBytes();
        if (!text.getIsTest() || !text.getLearn() || bytes == 0) {
            return;
        }
        String model = text.getModelName();
        bits(model + "|all experts", at, bytes, text.getBitsAll());
        bits(model + "|model alone", at, bytes, text.getBitsModel());
        bits(model + "|contexts alone", at, bytes, text.getBitsContexts());
        if (text.getBitsFrozen() != null) {
            bits(model + "|frozen copy", at, bytes, text.getBitsFrozen());
        }
        changed();
    }

    /** Bits per byte: a step's sum of bits by its sum of bytes. */
    private void bits(String series, long at, int bytes, double bits) {
        texts.add(series, at, bytes, bits, bits / bytes, bits / bytes);
    }

    void measured(Telemetry telemetry, long at) {
        if (!telemetry.getPart().equals("score")) {
            return;
        }
        for (Measurement point : telemetry.getMeasurements()) {
            if (point.getName().equals("accuracySliding")) {
                images.add(telemetry.getModelName(), at, 100 * point.getSum() / point.getCount());
                changed();
            }
        }
    }

    /** Takes the return of an episode that was seen from its beginning to its end. */
    void returned(double sum, long at) {
        robots.add("return of an episode", at, sum);
        changed();
    }

    @Override
    void write(ObjectNode into, View view) {
        view.write(into);
        texts.write(into.putObject("texts"), view);
        images.write(into.putObject("images"), view);
        robots.write(into.putObject("robots"), view);
    }
}

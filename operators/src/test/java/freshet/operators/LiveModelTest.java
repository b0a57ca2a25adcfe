package freshet.operators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import freshet.learners.language.TextBatch;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/** What one of many models is saved as. */
class LiveModelTest {

    private static final int TEXTS = 6;

    private static LiveModel<TextRecord, TextBatch> model() {
        var model = new LiveModel<>(SmallText.setup(), 2, new TextAnswers(SmallText.setup()));
        model.load("tenant", model.save());
        return model;
    }

    private static void learn(LiveModel<TextRecord, TextBatch> model, int from, int to) {
        for (int i = from; i < to; i++) {
            String words = "the %d of twelve wheels turns over the stones".formatted(i * 7 % 11);
            TextRecord text = SmallText.record("tenant/mail", i, 1000 + i, words);
            model.first();
            assertThat(model.repeats(text)).isNull();
            model.answer(text);
            for (LearnerSetup.Batch<TextBatch> batch : model.cut(text)) {
                model.step(batch);
                model.due();
            }
        }
    }

    /** The learner's own bytes have kept files of their own. */
    @Test
    void goesOnFromProgressThatAnEarlierBuildSaved() throws Exception {
        byte[] kept;
        try (InputStream in = getClass().getResourceAsStream("/snapshots/v1/live-model.gz")) {
            kept = new GZIPInputStream(in).readAllBytes();
        }
        try (var straight = model();
                var before = model();
                var after = model()) {
            learn(straight, 0, TEXTS);

            learn(before, 0, TEXTS / 2);
            LiveModel.Saved then = before.save();
            int weights = checksumOfWeights(kept); // whose bits depend on the processor
            System.arraycopy(then.progress(), weights, kept, weights, Long.BYTES);
            assertThat(then.progress()).isEqualTo(kept); // until there is another format
            after.load("tenant", new LiveModel.Saved(then.learner(), kept, then.last()));
            learn(after, TEXTS / 2, TEXTS);
            assertThat(after.save().progress()).isEqualTo(straight.save().progress());
            assertThat(after.end().metadata).isEqualTo(straight.end().metadata);
        }
    }

    /** Where it is: the last of the second block, the schedule's. */
    private static int checksumOfWeights(byte[] progress) {
        var in = ByteBuffer.wrap(progress).position(Integer.BYTES); // behind the format
        int cutter = in.getInt();
        int schedule = in.position(in.position() + cutter).getInt();
        return in.position() + schedule - Long.BYTES;
    }

    @Test
    void refusesProgressOfALaterFormat() throws Exception {
        try (var model = model()) {
            LiveModel.Saved saved = model.save();
            byte[] later = saved.progress().clone();
            later[3]++;
            assertThatThrownBy(
                            () ->
                                    model.load(
                                            "tenant",
                                            new LiveModel.Saved(saved.learner(), later, null)))
                    .hasMessageContaining("model of many");
        }
    }
}

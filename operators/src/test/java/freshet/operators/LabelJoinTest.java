package freshet.operators;

import static org.assertj.core.api.Assertions.assertThat;

import freshet.learners.tensor.Weights;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What becomes of images and labels, whichever comes first. */
class LabelJoinTest {

    /** Images wait 10 ms, labels and images look for each other for 100 ms, 5 ids are kept. */
    private static final LabelJoin.Config CONFIG = new LabelJoin.Config(10, 100, 5, true);

    private final List<String> out = new ArrayList<>();
    private final LabelJoin join = join(CONFIG, out);

    private static LabelJoin join(LabelJoin.Config config, List<String> into) {
        return new LabelJoin(
                config,
                new LabelJoin.Output() {
                    @Override
                    public void image(ImageRecord image) {
                        into.add(
                                "%s=%d at %d%s"
                                        .formatted(
                                                image.recordId,
                                                image.label,
                                                image.settledMillis,
                                                image.late ? " late" : ""));
                    }

                    @Override
                    public void problem(
                            ImageRecord record, DeadLetterReason reason, String detail) {
                        into.add(reason + " " + record.recordId);
                    }
                });
    }

    private static ImageRecord image(String id, long at) {
        var image = new ImageRecord();
        image.recordId = id;
        image.eventTimeMillis = at;
        image.image = Weights.toBytes(new float[] {at});
        return image;
    }

    private static ImageRecord label(String id, int label, long at) {
        var record = new ImageRecord();
        record.recordId = id;
        record.label = label;
        record.eventTimeMillis = at;
        return record;
    }

    private void takes(ImageRecord... records) {
        for (ImageRecord record : records) {
            join.add(record);
        }
    }

    @Test
    void aLabelInTimeGoesWithItsImageAtTheTimeOfTheLabel() {
        takes(image("a", 100), label("a", 3, 107));
        assertThat(out).containsExactly("a=3 at 107");
        assertThat(join.counts().inTime).isEqualTo(1);
    }

    @Test
    void anImageWithoutLabelGoesOnWhenItsWaitIsOver() {
        takes(image("a", 100), image("b", 110)); // a label at 110 would still be in time
        assertThat(out).isEmpty();
        takes(image("c", 111));
        assertThat(out).containsExactly("a=-1 at 110");
    }

    @Test
    void imagesKeepTheirOrderAndWhatTheyAreKnownByNeverFalls() {
        takes(image("a", 100), image("b", 101), label("b", 1, 102)); // b waits for a
        assertThat(out).isEmpty();
        takes(label("a", 2, 105));
        assertThat(out).containsExactly("a=2 at 105", "b=1 at 105");
    }

    @Test
    void aLateLabelGivesTheImageOnOnceMore() {
        takes(image("a", 100), image("b", 115), label("a", 3, 120));
        assertThat(out).containsExactly("a=-1 at 110", "a=3 at 120 late");
        assertThat(join.counts().late).isEqualTo(1);
        // b, released after that, is not known by less.
        takes(image("c", 130));
        assertThat(out).endsWith("b=-1 at 125");
    }

    @Test
    void anEarlyLabelWaitsForItsImage() {
        takes(label("a", 4, 90), image("a", 100));
        assertThat(out).containsExactly("a=4 at 100");
        assertThat(join.counts().early).isEqualTo(1);
    }

    @Test
    void theSameLabelAgainIsCountedAnotherOneIsADeadLetter() {
        takes(image("a", 100), label("a", 3, 101), label("a", 3, 102), label("a", 5, 103));
        assertThat(out).containsExactly("a=3 at 101", "CONTRADICTING a");
        assertThat(join.counts().repeated).isEqualTo(1);
        assertThat(join.counts().contradicting).isEqualTo(1);
    }

    @Test
    void whatNeverFindsItsOtherIsLetGoAfterTheGreatestDelay() {
        takes(image("a", 100), label("b", 1, 100), image("c", 200));
        assertThat(out).containsExactly("a=-1 at 110"); // 200 - 100 is not beyond 100
        takes(image("d", 201));
        assertThat(out).containsExactly("a=-1 at 110", "NO_IMAGE b");
        assertThat(join.counts().never).isEqualTo(1);
        assertThat(join.counts().withoutImage).isEqualTo(1);
        assertThat(join.size()).isEqualTo(2); // c and d
    }

    @Test
    void aRecordIdIsUsedOnce() {
        takes(image("a", 100), image("a", 101));
        assertThat(out).containsExactly("REPEATED a");
    }

    @Test
    void noMoreIdsAreKeptThanConfigured() {
        for (int i = 0; i < 50; i++) {
            takes(image("i" + i, 100), label("l" + i, 0, 100));
            assertThat(join.size()).isLessThanOrEqualTo(CONFIG.maxRecords());
        }
        // Every image went on, though none could wait its time.
        join.end();
        assertThat(out.stream().filter(one -> one.startsWith("i"))).hasSize(50);
        assertThat(out.stream().filter(one -> one.startsWith("NO_IMAGE"))).hasSize(50);
    }

    @Test
    void theEndGivesOnAllThatWaits() {
        takes(image("a", 100), label("b", 1, 100));
        join.end();
        assertThat(out).containsExactly("a=-1 at 110", "NO_IMAGE b");
        assertThat(join.size()).isZero();
    }

    @Test
    void resumedAnywhereItGivesTheSame() {
        var roomy = new LabelJoin.Config(10, 100, 50, true);
        List<ImageRecord> stream = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            stream.add(image("a" + i, 100 + 4 * i));
            int labelled = i % 3 == 0 ? i : i - 4; // in time, or 16 ms late, some again
            stream.add(label("a" + labelled, i % 4, 100 + 4 * i + 1));
            if (i % 5 == 0) {
                stream.add(label("a" + (i + 1), 9, 100 + 4 * i + 2)); // early
            }
        }
        List<String> expected = new ArrayList<>();
        var undisturbed = join(roomy, expected);
        stream.forEach(record -> undisturbed.add(copy(record)));
        undisturbed.end();
        assertThat(expected).anyMatch(one -> one.endsWith("late")).hasSizeGreaterThan(40);

        for (int stop = 0; stop < stream.size(); stop++) {
            List<String> said = new ArrayList<>();
            var before = join(roomy, said);
            stream.subList(0, stop).forEach(record -> before.add(copy(record)));
            var after = join(roomy, said);
            after.restore(before.places(), before.waiting(), before.settledMillis());
            stream.subList(stop, stream.size()).forEach(record -> after.add(copy(record)));
            after.end();
            assertThat(said).as("stopped after %d", stop).isEqualTo(expected);
        }
    }

    private static ImageRecord copy(ImageRecord record) {
        return record.image == null
                ? label(record.recordId, record.label, record.eventTimeMillis)
                : image(record.recordId, record.eventTimeMillis);
    }
}

package freshet.operators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import freshet.learners.scoring.PairedTrial;
import freshet.schemas.ExplainedToken;
import freshet.schemas.TextPrediction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The predict branch as a whole: what it says does not depend on parallelism or restarts. */
class PredictBranchTest {

    private static final List<TextRecord> texts = new ArrayList<>();
    private static List<ModelVersion> versions;

    @BeforeAll
    static void learn() throws Exception {
        String[] words = {"the water ", "turns the wheel ", "and runs on ", "over stones\n"};
        for (int i = 0; i < 24; i++) {
            texts.add(
                    SmallText.record(
                            i % 3 == 0 ? "mill" : "weir",
                            i,
                            1_000 + i,
                            words[i % 4] + words[i * 7 / 5 % 4] + words[i / 4 % 4]));
        }
        versions = LearnBranch.versionsOf(texts);
        assertThat(versions).hasSizeGreaterThan(3);
    }

    @Test
    void anyParallelismOfTheMemoryGivesTheSameBytes() throws Exception {
        List<String> one = predictions(1);
        assertThat(one).hasSize(texts.size());
        assertThat(predictions(2)).isEqualTo(one);
        assertThat(predictions(4)).isEqualTo(one);
    }

    @Test
    void oneOfSoManyTextsOfASourceIsExplainedByTheTokensBeforeItsEnd() throws Exception {
        List<TextPrediction> all;
        try (var branch = new PredictBranch(SmallText.evaluation(), 1)) {
            takeAll(branch, versions);
            for (TextRecord text : texts) {
                branch.take(text);
            }
            all = branch.predictions();
        }
        var read = new TreeMap<String, String>();
        for (int i = 0; i < texts.size(); i++) {
            TextPrediction prediction = all.get(i);
            String source = prediction.getSource();
            read.merge(
                    source, new String(texts.get(i).text, StandardCharsets.UTF_8), String::concat);
            long place = prediction.getSequence() + source.hashCode();
            assertThat(prediction.getExplanation().isEmpty()).isEqualTo(place % 3 != 0);
            if (place % 3 == 0) {
                var tokens = new StringBuilder();
                double sum = 0;
                for (ExplainedToken token : prediction.getExplanation()) {
                    tokens.append(StandardCharsets.UTF_8.decode(token.getToken()));
                    assertThat(token.getShare()).isBetween(0f, 1f);
                    sum += token.getShare();
                }
                assertThat(read.get(source)).endsWith(tokens.toString());
                assertThat(sum).isBetween(0.25, 1.0);
                assertThat(prediction.getExplanationFlow())
                        .hasSameSizeAs(prediction.getExplanation());
                assertThat(prediction.getExplanationFlowTotal()).isBetween(1.0, 8.0);
            }
        }
        assertThat(all).filteredOn(one -> !one.getExplanation().isEmpty()).hasSize(8);
    }

    @Test
    void goingOnFromACheckpointEqualsNeverStopping() throws Exception {
        List<String> straight = predictions(2);
        List<String> both = new ArrayList<>();
        PredictBranch.Checkpoint checkpoint;
        try (var before = new PredictBranch(SmallText.evaluation(), 2)) {
            takeAll(before, versions);
            for (TextRecord text : texts.subList(0, 11)) {
                before.take(text);
            }
            checkpoint = before.checkpoint();
            both.addAll(before.predictionBytes());
            before.take(texts.get(11)); // lost with the failure, and taken again
        }
        try (var after = new PredictBranch(SmallText.evaluation(), 2, checkpoint)) {
            for (TextRecord text : texts.subList(11, texts.size())) {
                after.take(text);
            }
            both.addAll(after.predictionBytes());
        }
        assertThat(both).isEqualTo(straight);
    }

    /** Sources are keys: with these names one of the two is on the candidate's side. */
    @Test
    void whileVersionsAreTriedOneSourceIsAheadAndGoingOnEqualsNeverStopping() throws Exception {
        double share = 0.5;
        assertThat(VersionTrial.isTried("ford", share)).isTrue();
        assertThat(VersionTrial.isTried("weir", share)).isFalse();
        List<TextRecord> texts = new ArrayList<>();
        for (TextRecord text : PredictBranchTest.texts) {
            texts.add(
                    SmallText.record(
                            text.source.equals("mill") ? "ford" : text.source,
                            text.sequence,
                            text.eventTimeMillis,
                            new String(text.text, StandardCharsets.UTF_8)));
        }
        var serving =
                new ServingConfig(
                        true,
                        1,
                        8,
                        -1,
                        0,
                        0,
                        new TrialConfig(share, new PairedTrial.Config(2, 3, 0, 0.05)));
        List<String> straight;
        try (var branch = new PredictBranch(serving, 1)) {
            takeAll(branch, versions);
            for (TextRecord text : texts) {
                branch.take(text);
            }
            straight = branch.predictionBytes();
            var sum = new TreeMap<String, Long>();
            branch.predictions()
                    .forEach(one -> sum.merge(one.getSource(), one.getModelVersion(), Long::sum));
            // 8 texts of the one, 16 of the other: mean versions.
            assertThat(sum.get("ford") / 8.0).isGreaterThan(sum.get("weir") / 16.0);
            assertThat(sum.get("weir")).isPositive(); // something was promoted
        }
        for (int stop = 5; stop < texts.size(); stop += 6) {
            List<String> both = new ArrayList<>();
            PredictBranch.Checkpoint checkpoint;
            try (var before = new PredictBranch(serving, 1)) {
                takeAll(before, versions);
                for (TextRecord text : texts.subList(0, stop)) {
                    before.take(text);
                }
                checkpoint = before.checkpoint();
                both.addAll(before.predictionBytes());
            }
            try (var after = new PredictBranch(serving, 1, checkpoint)) {
                for (TextRecord text : texts.subList(stop, texts.size())) {
                    after.take(text);
                }
                both.addAll(after.predictionBytes());
            }
            assertThat(both).as("stopped at %d", stop).isEqualTo(straight);
        }
    }

    @Test
    void aRestartedLivePredictorAnswersWithTheModelItHadWhileNoneCanCome() throws Exception {
        ModelVersion last = versions.get(versions.size() - 2);
        PredictBranch.Checkpoint checkpoint;
        try (var before = new PredictBranch(SmallText.live(), 1)) {
            before.take(last);
            checkpoint = before.checkpoint();
        }
        try (var after = new PredictBranch(SmallText.live(), 1, checkpoint)) {
            after.take(SmallText.record("mill", 99, 9_999, "the water turns"));
            assertThat(after.predictions())
                    .extracting(TextPrediction::getModelVersion)
                    .containsExactly(last.version);
        }
    }

    @Test
    void aLivePredictorWithoutAnyLearnerAnswersUntrained() throws Exception {
        try (var branch = new PredictBranch(SmallText.live(), 1)) {
            branch.take(SmallText.record("mill", 0, 9_999, "the water turns"));
            assertThat(branch.predictions())
                    .extracting(TextPrediction::getModelVersion, TextPrediction::getTrainedThrough)
                    .containsExactly(tuple(0L, -1L));
        }
    }

    @Test
    void aQueryIsAnsweredTwiceAndRememberedNever() throws Exception {
        List<String> without = predictions(1);
        try (var branch = new PredictBranch(SmallText.evaluation(), 1)) {
            takeAll(branch, versions);
            for (TextRecord text : texts) {
                TextRecord query =
                        SmallText.record("who asks", 0, text.eventTimeMillis, "the water turns");
                query.learn = false;
                branch.take(query);
                branch.take(query);
                branch.take(text);
            }
            List<String> all = branch.predictionBytes();
            assertThat(all).hasSize(3 * texts.size());
            List<String> ofTexts = new ArrayList<>();
            for (int i = 2; i < all.size(); i += 3) {
                ofTexts.add(all.get(i));
            }
            assertThat(ofTexts).isEqualTo(without);
        }
    }

    /** A key made by a version that has seen the text may betray it, whichever version answers. */
    @Test
    void isNoTestWhereTheMemoryWasTaughtByAVersionThatHasSeenTheText() throws Exception {
        try (var branch = new PredictBranch(SmallText.live(), 1)) {
            takeAll(branch, versions);
            long end = texts.get(texts.size() - 1).eventTimeMillis;
            branch.take(SmallText.record("late", 0, end + 100, "the water "));
            branch.take(SmallText.record("early", 0, 1_001, "turns the wheel "));
            branch.take(SmallText.record("late", 1, end + 101, "and runs on "));
            assertThat(branch.predictions())
                    .extracting(TextPrediction::getIsTest)
                    .containsExactly(true, false, true);
        }
    }

    @Test
    void learningOnFromACheckpointEndsWithTheSameLearner() throws Exception {
        List<ModelVersion> both = new ArrayList<>();
        try (var before = new LearnBranch()) {
            before.learn(texts.subList(0, 13));
            both.addAll(before.versions());
            try (var after = new LearnBranch(before.checkpoint())) {
                after.learn(texts.subList(13, texts.size()));
                after.end();
                both.addAll(after.versions());
            }
        }
        // The last version's metadata holds the hash of weights, moments and counters.
        assertThat(both.get(both.size() - 1).metadata).containsKey(PublishingSchedule.LEARNER_HASH);
        assertThat(both.stream().map(PredictBranchTest::words))
                .containsExactlyElementsOf(
                        versions.stream().map(PredictBranchTest::words).toList());
    }

    private static List<String> predictions(int parallelism) throws Exception {
        try (var branch = new PredictBranch(SmallText.evaluation(), parallelism)) {
            takeAll(branch, versions);
            for (TextRecord text : texts) {
                branch.take(text);
            }
            return branch.predictionBytes();
        }
    }

    private static String words(ModelVersion version) {
        return "%d after %d, through %d and %d, log %d, %s bits, %s, weights %s"
                .formatted(
                        version.version,
                        version.parentVersion,
                        version.trainedThroughMillis,
                        version.completeThroughMillis,
                        version.learnedAppendTimeMillis,
                        version.scoreBitsPerToken,
                        new TreeMap<>(version.metadata),
                        version.artifact().checksum());
    }

    private static void takeAll(PredictBranch branch, List<ModelVersion> all) throws Exception {
        for (ModelVersion version : all) {
            branch.take(version);
        }
    }
}

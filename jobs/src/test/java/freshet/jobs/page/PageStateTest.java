package freshet.jobs.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import freshet.jobs.page.PageTopics.Kind;
import freshet.jobs.page.Timeline.Window;
import freshet.pipelines.FreshetOptions.Pipeline;
import freshet.schemas.Severity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.avro.specific.SpecificRecordBase;
import org.junit.jupiter.api.Test;

class PageStateTest {

    private static final long START = 1_700_000_000_000L;

    private final AtomicLong now = new AtomicLong(START);
    private long offset;

    @Test
    void theSentenceSaysWhatIsWrongSinceWhenAndWhatWasDone() {
        PageState state = state(Pipeline.TEXT);
        assertThat(section(state, "verdict").get("level").asText()).isEqualTo("waiting");

        take(state, Kind.ANSWERS, PageRecords.answer("text", "book", 1, now.get(), 32, 2.5));
        assertThat(section(state, "verdict").get("what").asText())
                .isEqualTo("All is well: the model answers, no alert is open.");

        long since = now.get() - 5_000;
        String key = "text/ENTROPY_COLLAPSE/1";
        take(state, Kind.ALERTS, alert(key, Severity.WARN, false, since, "attention narrows"));
        take(
                state,
                Kind.ALERTS,
                alert(key, Severity.PAGE, false, now.get(), "attention collapsed"));
        JsonNode wrong = section(state, "verdict");
        assertThat(wrong.get("level").asText()).isEqualTo("wrong");
        assertThat(wrong.get("model").asText()).isEqualTo("text");
        assertThat(wrong.get("what").asText()).isEqualTo("attention collapsed");
        assertThat(wrong.get("sinceMillis").asLong()).isEqualTo(since);
        assertThat(wrong.get("done")).isEmpty();
        assertThat(section(state, "models").get("models").get(0).get("openAlerts").asInt())
                .isEqualTo(1);

        order(state, "c1", "holdPublication", "policy " + key);
        assertThat(section(state, "verdict").get("done").get(0).asText())
                .isEqualTo("holdPublication ordered, not acknowledged yet");
        obey(state, "c1", "version 384 stays", 412);
        assertThat(section(state, "verdict").get("done").get(0).asText())
                .isEqualTo("holdPublication done after update 412: version 384 stays");
        assertThat(section(state, "models").get("models").get(0).get("held").asBoolean()).isTrue();

        take(state, Kind.ALERTS, alert(key, Severity.PAGE, true, now.get(), "over"));
        JsonNode held = section(state, "verdict");
        assertThat(held.get("level").asText()).isEqualTo("warn");
        assertThat(held.get("what").asText()).contains("publication is held");
        assertThat(held.get("model").asText()).isEqualTo("text");
        assertThat(held.get("over").asText()).contains("is over: ENTROPY_COLLAPSE of text");
        order(state, "c2", "releasePublication", "mary");
        obey(state, "c2", "publishes", 500);
        JsonNode after = section(state, "verdict");
        assertThat(after.get("level").asText()).isEqualTo("ok");
        assertThat(after.get("over").asText()).contains("is over: ENTROPY_COLLAPSE of text");
    }

    @Test
    void theSentenceIsInWordsAndSaysWhatWasDoneAboutOtherAlertsOfTheModel() {
        PageState state = state(Pipeline.TEXT);
        String message = "Updates are large; slow down (layer 1): ratio is 3, above 2";
        take(state, Kind.ALERTS, alert("k", Severity.HIGH, false, now.get(), message));
        JsonNode wrong = section(state, "verdict");
        assertThat(wrong.get("what").asText()).isEqualTo("Updates are large; slow down");
        assertThat(wrong.get("detail").asText()).isEqualTo("layer 1: ratio is 3, above 2");
        assertThat(AlertWords.of("The loss is high: 9 nats"))
                .isEqualTo(new AlertWords("The loss is high", "9 nats"));
        assertThat(wrong.get("lately")).isEmpty();
        assertThat(wrong.has("heldMillis")).isFalse();

        order(state, "c1", "holdPublication", "policy for other");
        assertThat(section(state, "verdict").get("waiting").get(0).asText())
                .isEqualTo("holdPublication (policy for other)");
        obey(state, "c1", "held", 412);
        wrong = section(state, "verdict");
        assertThat(wrong.get("done")).isEmpty();
        assertThat(wrong.get("lately").get(0).asText())
                .isEqualTo("holdPublication (policy for other) done after update 412: held");
        assertThat(wrong.get("heldMillis").asLong()).isPositive();
        assertThat(wrong.get("waiting")).isEmpty();
        assertThat(wrong.get("before")).isEmpty();
        order(state, "c0", "resetMomentum", "mary");
        obey(state, "c0", "moments at 0", 411);
        wrong = section(state, "verdict");
        assertThat(wrong.get("before").get(0).asText())
                .isEqualTo("resetMomentum (mary) done after update 411: moments at 0");
        assertThat(wrong.get("lately")).hasSize(1);

        long over = now.get();
        take(state, Kind.ALERTS, alert("k", Severity.HIGH, true, over, "over"));
        take(state, Kind.ALERTS, alert("w", Severity.WARN, false, over, "small"));
        take(state, Kind.ALERTS, alert("w", Severity.WARN, true, over + 1, "over"));
        take(state, Kind.ALERTS, alert("later", Severity.HIGH, false, over + 1, "follows"));
        take(state, Kind.ALERTS, alert("later", Severity.HIGH, true, over + 2, "over"));
        JsonNode well = section(state, "verdict");
        assertThat(well.get("over").asText())
                .startsWith("The worst incident of late is over")
                .doesNotContain("follows");
        assertThat(well.get("overMillis").asLong()).isEqualTo(over);
        assertThat(well.get("overSinceMillis").asLong()).isLessThan(over);
        assertThat(well.get("before")).hasSize(1);
        assertThat(well.get("lately")).hasSize(1);
    }

    @Test
    void anIncidentSaysThatNothingComesAnyMoreAndWhichOtherModelsHaveAlerts() {
        PageState state = state(Pipeline.TEXT);
        take(state, Kind.ALERTS, alert("k", Severity.PAGE, false, now.get(), "collapsed"));
        take(state, Kind.ALERTS, alert("l", Severity.WARN, false, now.get(), "drifts"));
        for (String key : List.of("m", "n")) {
            take(
                    state,
                    Kind.ALERTS,
                    PageRecords.alert(key, "second", Severity.WARN, false, now.get(), "drifts"));
        }
        JsonNode wrong = section(state, "verdict");
        assertThat(wrong.get("more").asInt()).isEqualTo(3);
        assertThat(wrong.get("others")).hasSize(1);
        assertThat(wrong.get("others").get(0).asText()).isEqualTo("second");
        assertThat(wrong.has("silentMillis")).isFalse();
        now.addAndGet(31_000);
        wrong = section(state, "verdict");
        assertThat(wrong.get("what").asText()).isEqualTo("collapsed");
        assertThat(wrong.get("silentMillis").asLong()).isEqualTo(START);
    }

    @Test
    void silenceIsSaidAndSoIsABrokerThatDoesNotAnswer() {
        PageState state = state(Pipeline.TEXT);
        take(state, Kind.ANSWERS, PageRecords.answer("text", "book", 1, now.get(), 32, 2.5));
        now.addAndGet(31_000);
        assertThat(section(state, "verdict").get("what").asText()).startsWith("Nothing comes any");
        assertThat(section(state, "verdict").get("sinceMillis").asLong()).isEqualTo(START);
        state.unreachable("broker:9092");
        assertThat(section(state, "verdict").get("what").asText())
                .startsWith("Kafka at broker:9092 does not answer");
        state.unreachable(null);
        take(state, Kind.ANSWERS, PageRecords.answer("text", "book", 2, now.get(), 32, 2.5));
        assertThat(section(state, "verdict").get("level").asText()).isEqualTo("ok");
    }

    @Test
    void aRepeatOfAnEndOpensNothingAndABeginningAfterItIsANewIncident() {
        PageState state = state(Pipeline.TEXT);
        take(state, Kind.ALERTS, alert("k", Severity.HIGH, true, 10, "over"));
        assertThat(section(state, "alerts").get("alerts")).isEmpty();
        take(state, Kind.ALERTS, alert("k", Severity.HIGH, false, 20, "bad"));
        take(state, Kind.ALERTS, alert("k", Severity.HIGH, true, 30, "over"));
        take(state, Kind.ALERTS, alert("k", Severity.HIGH, true, 30, "over"));
        take(state, Kind.ALERTS, alert("k", Severity.WARN, false, 40, "bad again"));
        JsonNode alerts = section(state, "alerts").get("alerts");
        assertThat(alerts).hasSize(1);
        assertThat(alerts.get(0).get("sinceMillis").asLong()).isEqualTo(40);
        assertThat(alerts.get(0).get("severity").asText()).isEqualTo("WARN");
    }

    @Test
    void alertsAreBoundedAndOpenOnesOutliveResolvedOnes() {
        PageState state = state(Pipeline.TEXT);
        take(state, Kind.ALERTS, alert("open", Severity.HIGH, false, 1, "bad"));
        for (int i = 0; i < 500; i++) {
            take(state, Kind.ALERTS, alert("k" + i, Severity.WARN, false, 2 + i, "bad"));
            take(state, Kind.ALERTS, alert("k" + i, Severity.WARN, true, 3 + i, "over"));
        }
        JsonNode alerts = section(state, "alerts").get("alerts");
        assertThat(alerts).hasSize(200);
        assertThat(alerts.get(0).get("key").asText()).isEqualTo("open");
    }

    @Test
    void switchesAreKnownWhicheverOfCommandAndAnswerIsReadFirst() {
        PageState state = state(Pipeline.TEXT);
        take(state, Kind.ACKNOWLEDGEMENTS, PageRecords.acknowledged("a", "text", true, "", 5));
        take(state, Kind.ACKNOWLEDGEMENTS, PageRecords.acknowledged("b", "text", true, "", 9));
        take(state, Kind.ACKNOWLEDGEMENTS, PageRecords.acknowledged("t", "text", true, "", -1));
        take(state, Kind.COMMANDS, PageRecords.command("b", "text", "freeze", "me", false, 2));
        take(state, Kind.COMMANDS, PageRecords.command("t", "text", "unfreeze", "me", true, 3));
        take(state, Kind.COMMANDS, PageRecords.command("a", "text", "unfreeze", "me", false, 1));
        assertThat(section(state, "models").get("models").get(0).get("frozen").asBoolean())
                .isTrue();
        assertThat(section(state, "verdict").get("what").asText())
                .startsWith("text is frozen by an order");
    }

    @Test
    void aSectionIsWrittenAtMostOnceAPeriodHoweverManyRecordsCome() {
        PageState state = state(Pipeline.TEXT);
        long before = state.json("scores", Window.MINUTES).version();
        for (int i = 0; i < 100; i++) {
            state.take(
                    Kind.ANSWERS,
                    PageRecords.record(
                            offset++,
                            now.get(),
                            PageRecords.answer("text", "book", i, now.get(), 32, 2.5)));
            assertThat(state.json("scores", Window.MINUTES).version()).isEqualTo(before);
        }
        now.addAndGet(2_000);
        PageState.Sent sent = state.json("scores", Window.MINUTES);
        assertThat(sent.version()).isEqualTo(before + 100);
        now.addAndGet(60_000);
        assertThat(state.json("scores", Window.MINUTES)).isSameAs(sent); // nothing has changed
    }

    @Test
    void scoresAreOfTestsAloneAndWeighTextsByTheirBytes() {
        PageState state = state(Pipeline.TEXT);
        take(state, Kind.ANSWERS, PageRecords.answer("text", "book", 1, now.get(), 32, 2));
        var seen = PageRecords.answer("text", "book", 2, now.get(), 32, 100);
        seen.setIsTest(false);
        take(state, Kind.ANSWERS, seen);
        var large = PageRecords.answer("text", "book", 3, now.get(), 32, 2);
        large.setTextBytes(3_000);
        large.setBitsAll(4.0 * 3_000);
        take(state, Kind.ANSWERS, large);
        JsonNode mean = section(state, "scores").get("texts").get("text|all experts").get("mean");
        assertThat(mean.get(mean.size() - 1).doubleValue()).isEqualTo((2 + 3 * 4) / 4.0);
    }

    @Test
    void theNewestExplanationStaysAndTokensThatShareACharacterAreOne() {
        PageState state = state(Pipeline.TEXT);
        take(state, Kind.ANSWERS, PageRecords.answer("text", "book", 1, now.get(), 32, 2));
        for (int sequence = 2; sequence < 12; sequence++) {
            var plain = PageRecords.answer("text", "book", sequence, now.get(), 32, 2);
            plain.setExplanation(List.of());
            plain.setExplanationFlow(List.of());
            take(state, Kind.ANSWERS, plain);
        }
        JsonNode explained = section(state, "texts").get("explained");
        assertThat(explained).hasSize(1);
        assertThat(explained.get(0).get("sequence").asLong()).isEqualTo(1);
        JsonNode tokens = explained.get(0).get("tokens");
        assertThat(tokens.findValuesAsText("token"))
                .containsExactly("went", " every", " é", " into");
        assertThat(tokens.get(2).get("share").doubleValue()).isCloseTo(0.05, within(1e-6));
        assertThat(tokens.get(2).get("flow").doubleValue()).isCloseTo(0.12, within(1e-6));
    }

    @Test
    void anEpisodeReturnsWhatItsStepsEarnedThoughOutcomesOverlap() {
        PageState state = state(Pipeline.ROBOTS);
        // Begun before the page looked: of no account.
        take(state, Kind.OBSERVATIONS, PageRecords.seen("r", 4, 60, now.get(), true));
        for (int step = 0; step <= 10; step++) {
            take(state, Kind.OBSERVATIONS, PageRecords.seen("r", 5, step, now.get(), step == 10));
        }
        take(state, Kind.OBSERVATIONS, PageRecords.seen("r", 5, 10, now.get(), true)); // again
        JsonNode robots = section(state, "robots");
        assertThat(robots.get("robots").get(0).get("lastReturn").asDouble()).isEqualTo(5);
        assertThat(robots.get("steps").asInt()).isEqualTo(3 + 10);
        assertThat(robots.get("misses").asInt()).isEqualTo(1);
        JsonNode returns =
                section(state, "scores").get("robots").get("return of an episode").get("mean");
        assertThat(returns.get(returns.size() - 1).doubleValue()).isEqualTo(5);
    }

    @Test
    void whatARobotWasExpectedToSeeStandsBesideWhatCame() {
        PageState state = state(Pipeline.ROBOTS);
        state.keepSteps(new SeenSteps(3 * 24 * 24, 0, 1));
        assertThat(state.seenNow()).as("nobody looks").isEmpty();
        for (int step = 0; step <= 4; step++) {
            take(state, Kind.OBSERVATIONS, PageRecords.seen("r", 5, step, now.get(), false));
        }
        assertThat(section(state, "robots").get("robots").get(0).has("expected")).isFalse();
        assertThat(state.seenNow().orElseThrow().runs().get(0).steps()).hasSize(5);

        byte[] came = {1, 2, 3};
        byte[] expected = {4, 5, 6};
        state.expected(
                List.of(new Foresight.Shot("r", 4, 4, "robot", 7, 1, 1, came, expected, 90, 2)));
        JsonNode shot = section(state, "robots").get("robots").get(0).get("expected");
        assertThat(shot.get("came").asText()).isEqualTo("AQID");
        assertThat(shot.get("samples").asText()).isEqualTo("BAUG");
        assertThat(shot.get("step").asInt()).isEqualTo(4);

        state.expectedNothing("no engine");
        JsonNode robots = section(state, "robots");
        assertThat(robots.get("robots").get(0).has("expected")).isFalse();
        assertThat(robots.get("expectedNot").asText()).isEqualTo("no engine");
        now.addAndGet(60_000);
        assertThat(state.seenNow()).isEmpty();
    }

    @Test
    void picturesAreBoundedAndLateLabelsFindTheirs() {
        PageState state = state(Pipeline.IMAGES);
        for (int i = 0; i < 5_000; i++) {
            String id = "p" + i;
            take(state, Kind.OBSERVATIONS, PageRecords.picture(id, i, now.get(), i % 10));
            take(state, Kind.ANSWERS, PageRecords.guess("image", id, i, now.get(), i % 10));
        }
        take(state, Kind.LABELS, PageRecords.label("p4000", 3, now.get()));
        take(state, Kind.LABELS, PageRecords.label("p10", 3, now.get())); // long forgotten
        JsonNode pictures = section(state, "pictures");
        assertThat(pictures.get("newest")).hasSize(12);
        assertThat(pictures.get("newest").get(0).get("id").asInt()).isEqualTo(5_000);
        assertThat(pictures.get("judged")).hasSize(1);
        assertThat(pictures.get("judged").get(0).get("trueClass").asInt()).isEqualTo(3);
        byte[] samples =
                java.util.Base64.getDecoder()
                        .decode(pictures.get("newest").get(0).get("samples").asText());
        assertThat(samples).hasSize(28 * 28);
        assertThat(samples[28 * 10 + 3 + 2 * (4_999 % 10)]).isEqualTo((byte) 230);
    }

    @Test
    void recordsASecondFallWhenNothingComes() {
        PageState state = state(Pipeline.TEXT);
        for (int i = 0; i < 50; i++) {
            take(state, Kind.ANSWERS, PageRecords.answer("text", "b", i, now.get(), 32, 2));
        }
        assertThat(rate(state)).isEqualTo(5);
        now.addAndGet(11_000);
        assertThat(rate(state)).isZero();
    }

    @Test
    void theFutureAndWhatCannotBeReadMoveNothing() {
        PageState state = state(Pipeline.TEXT);
        take(state, Kind.ANSWERS, PageRecords.answer("text", "b", 1, now.get(), 32, 2));
        long end = section(state, "scores").get("endMillis").asLong();
        state.take(
                Kind.ANSWERS,
                PageRecords.record(
                        offset++,
                        now.get() + 86_400_000,
                        PageRecords.answer("text", "b", 2, now.get(), 32, 2)));
        state.take(
                Kind.TELEMETRY,
                PageRecords.record(offset++, now.get(), PageRecords.label("x", 1, 1)));
        assertThat(section(state, "scores").get("endMillis").asLong()).isBetween(end, end + 14_000);
    }

    private double rate(PageState state) {
        return section(state, "models").get("models").get(0).get("answersPerSecond").asDouble();
    }

    private PageState state(Pipeline pipeline) {
        return new PageState(
                pipeline, List.of(pipeline.name().toLowerCase(java.util.Locale.ROOT)), now::get);
    }

    /** Orders something of the model of texts. */
    private void order(PageState state, String id, String action, String issuedBy) {
        take(state, Kind.COMMANDS, PageRecords.command(id, "text", action, issuedBy, false, 1));
    }

    /** The model of texts obeys after an update. */
    private void obey(PageState state, String id, String became, long update) {
        take(
                state,
                Kind.ACKNOWLEDGEMENTS,
                PageRecords.acknowledged(id, "text", true, became, update));
    }

    private void take(PageState state, Kind kind, SpecificRecordBase value) {
        state.take(kind, PageRecords.record(offset++, now.get(), value));
    }

    private static SpecificRecordBase alert(
            String key, Severity severity, boolean resolved, long at, String message) {
        return PageRecords.alert(key, "text", severity, resolved, at, message);
    }

    /** As a browser sees it that waits for the next sending. */
    private JsonNode section(PageState state, String name) {
        now.addAndGet(2_000);
        try {
            return new ObjectMapper().readTree(state.json(name, Window.MINUTES).json());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

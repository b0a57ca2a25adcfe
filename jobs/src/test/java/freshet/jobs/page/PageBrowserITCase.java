package freshet.jobs.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import freshet.jobs.TopicReader;
import freshet.pipelines.FreshetOptions;
import freshet.pipelines.FreshetOptions.Pipeline;
import freshet.schemas.AvroCodec;
import freshet.schemas.ControlCommand;
import freshet.schemas.Severity;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The page as people see it, in Chromium. Leaves pictures of it in {@code target/page}, to be
 * looked at.
 */
class PageBrowserITCase {

    private static final Path PICTURES = Path.of("target", "page");

    /** Least contrast of text to its ground (WCAG 2.1 AA). */
    private static final double LEAST_CONTRAST = 4.5;

    /** Height of a window, pixels, in which all is in sight: the rest is not drawn. */
    private static final int TALL = 8_000;

    @TempDir static Path profile;

    /** Of all tests; null without Chromium on this machine. */
    private static Browser shared;

    @TempDir Path folder;
    private Browser browser;
    private PageRun run;

    @BeforeAll
    static void openShared() throws IOException, InterruptedException {
        Optional<Browser.Installed> installed = Browser.find();
        assumeThat(installed)
                .as(
                        "SKIPPED: no chromium with chromedriver on this machine, so nobody has looked"
                                + " at the page; .ci/run installs them")
                .isPresent();
        shared = new Browser(installed.orElseThrow(), profile);
    }

    @AfterAll
    static void closeShared() throws IOException {
        if (shared != null) {
            shared.close();
        }
    }

    @BeforeEach
    void open() throws IOException, InterruptedException {
        browser = shared;
        browser.anew();
    }

    @AfterEach
    void close() throws IOException {
        if (run != null) {
            run.close();
        }
        if (browser != shared) {
            browser.close();
        }
    }

    @Test
    void anAlertChangesTheSentenceAndAConfirmedOrderIsSent() throws Exception {
        start(Pipeline.TEXT, 1200, TALL);
        PageScenes.texts(run, false);
        browser.until("document.getElementById('verdict').dataset.level === 'ok'");
        browser.until(
                "document.querySelectorAll('.heat canvas').length === 1 + 1"); // map and scale
        assertThat(text("#sentence"))
                .isEqualTo("All is well: the model answers, no alert is open.");
        assertThat(text("#model-rows")).contains("text").contains("learning");
        look("text-well");

        PageScenes.texts(run, true);
        browser.until("document.getElementById('verdict').dataset.level === 'wrong'");
        assertThat(text("#sentence")).isEqualTo("text: attention collapses in layer 1");
        assertThat(text("#detail")).isEqualTo("3 of 4 heads look at one token.");
        assertThat(text("#since")).startsWith("Since ");
        seeTheHold();
        assertThat(browser.run("return document.title").asText()).startsWith("✗");
        // What came from topics is text, whatever it holds.
        assertThat(text("#letter-rows")).contains("<b>");
        assertThat(browser.run("return document.querySelectorAll('#letter-rows b').length").asInt())
                .isZero();
        readHeatMapByKeyboard();
        order();
        look("text-incident");
        assertThat(browser.problems()).isEmpty();
        assertThat(browser.requests())
                .isNotEmpty()
                .allSatisfy(url -> assertThat(url).startsWith(run.page.url()));
    }

    /** It is of another topic than the alert, so it may come after it. */
    private void seeTheHold() throws IOException, InterruptedException {
        browser.until(
                "document.getElementById('done').innerText"
                        + ".includes('holdPublication done after update')");
    }

    private void readHeatMapByKeyboard() throws IOException, InterruptedException {
        browser.until(
                "document.querySelector('.heat .frame canvas').ariaLabel"
                        + ".includes('Lowest now: layer 1 head')");
        browser.run("document.querySelector('.heat .frame canvas').focus()");
        browser.press("ArrowLeft");
        browser.press("ArrowLeft");
        assertThat(text(".heat .readout"))
                .matches("layer 0 head 0, .*: mean [0-9.]+, lowest row .*");
        assertThat(browser.run("return document.querySelectorAll('.heat tbody tr').length").asInt())
                .isEqualTo(PageRecords.LAYERS * PageRecords.HEADS);
    }

    /** A trial, its answer, the confirmation, its answer; by keyboard. */
    private void order() throws Exception {
        browser.run("document.querySelector('[data-action=freeze] button').focus()");
        browser.press("Enter");
        ControlCommand trial = nextCommand(1);
        assertThat(trial.getDryRun()).isTrue();
        assertThat(trial.getAction()).isEqualTo("freeze");
        assertThat(browser.run("return !!document.querySelector('.confirm')").asBoolean())
                .as("nothing can be confirmed before the trial is answered")
                .isFalse();
        run.acknowledge(
                PageRecords.acknowledged(
                        trial.getCommandId(), "text", true, "would stop learning", -1));
        browser.until("document.querySelector('.confirm')");
        assertThat(text("#trial")).contains("the trial says: would stop learning");
        browser.run("document.querySelector('.confirm').focus()");
        browser.press("Enter");
        ControlCommand real = nextCommand(2);
        assertThat(real.getDryRun()).isFalse();
        assertThat(real.getCommandId()).isNotEqualTo(trial.getCommandId());
        run.acknowledge(
                PageRecords.acknowledged(real.getCommandId(), "text", true, "learns no more", 512));
        browser.until(
                "document.getElementById('trial').innerText.includes('done after update 512: learns no more')");
        browser.until("document.getElementById('model-rows').innerText.includes('frozen')");
    }

    @Test
    void tokensThatAPredictionDrewOnAreReadByKeyboard() throws Exception {
        start(Pipeline.TEXT, 390, TALL);
        PageScenes.texts(run, false);
        browser.until("document.querySelectorAll('#explained-list .token').length === 4");
        assertThat(text("#explained-list"))
                .contains("most by attention rollout: ␣into 60 %, ␣every 10 %");
        browser.run(
                "const t = document.querySelector('#explained-list .text'); t.focus();"
                        + " for (const key of ['End', 'ArrowLeft', 'ArrowLeft'])"
                        + " t.dispatchEvent(new KeyboardEvent('keydown', {key}))");
        assertThat(text("#explained-list .readout")).isEqualTo("␣every: rollout 10 %, flow 16 %");
        browser.run("document.querySelector('#measure input').focus()");
        browser.press("ArrowDown");
        assertThat(text("#explained-list"))
                .contains("most by attention flow: ␣into 40 %, ␣every 16 %, went 12 %");
        assertThat(text("#explained-list .readout")).isEmpty();
        assertThat(width()).isLessThanOrEqualTo(390);
        look("text-explained");
        assertThat(browser.problems()).isEmpty();
    }

    @Test
    void whatIsOutOfSightIsDrawnWhenItComesIn() throws Exception {
        start(Pipeline.TEXT, 1200, 300);
        PageScenes.texts(run, false);
        browser.until("document.querySelectorAll('#text-list li').length === 6"); // its place
        String before = text("#text-list");
        PageScenes.texts(run, true);
        browser.until("document.getElementById('verdict').dataset.level === 'wrong'");
        browser.until("document.body.dataset.behind > 0");
        assertThat(text("#text-list")).isEqualTo(before);
        browser.run("document.getElementById('texts').scrollIntoView()");
        browser.until("document.getElementById('text-list').innerText !== " + quoted(before));
    }

    private static String quoted(String text) {
        return TextNode.valueOf(text).toString();
    }

    @Test
    void picturesAreShownWithWhatTheyAreTakenFor() throws Exception {
        start(Pipeline.IMAGES, 1200, TALL);
        PageScenes.images(run);
        browser.until("document.querySelectorAll('#newest-pictures li').length === 12");
        browser.until("document.querySelectorAll('#judged-pictures li').length === 12");
        assertThat(text("#judged-pictures")).contains("✓ right").contains("✗ it is ");
        JsonNode brightest =
                browser.run(
                        "const c = document.querySelector('#newest-pictures canvas');"
                                + " return Math.max(...c.getContext('2d').getImageData(0, 0, 28, 28).data"
                                + ".filter((v, i) => i % 4 === 0))");
        assertThat(brightest.asInt()).isEqualTo(230);
        look("images");
        assertThat(browser.problems()).isEmpty();
    }

    @Test
    void robotsAreShownWithWhatTheySeeEarnAndMiss() throws Exception {
        start(Pipeline.ROBOTS, 1200, TALL);
        PageScenes.robots(run);
        browser.until(
                "[...document.querySelectorAll('#robot-list canvas')]"
                        + ".filter((canvas) => canvas.checkVisibility()).length === 3");
        browser.until("document.getElementById('robots-summary').innerText.includes('ms (p99)')");
        assertThat(text("#robot-list")).contains("returned 10");
        browser.until("document.getElementById('robot-expected').innerText.includes('no version')");
        assertThat(text("#order-buttons")).contains("Stop robots");
        look("robots");
        assertThat(browser.problems()).isEmpty();
    }

    @Test
    void aLoneValueIsADotThatCanBeSeen() throws Exception {
        start(Pipeline.TEXT, 1200, TALL);
        PageScenes.firstText(run);
        // The model's and the contexts' scores, all of them, the frozen copy's; four small charts.
        browser.until("document.querySelectorAll('circle.curve').length === 4 + 4");
        assertThat(
                        browser.run(
                                        "return [...document.querySelectorAll('circle.curve')].every("
                                                + "(dot) => getComputedStyle(dot).strokeWidth === '4px'"
                                                + " && getComputedStyle(dot).strokeDasharray === 'none')")
                                .asBoolean())
                .isTrue();
        look("text-first");
        PageScenes.texts(run, true); // five minutes of it: curves
        browser.until("document.querySelectorAll('.frame path.curve').length >= 8");
        assertThat(browser.problems()).isEmpty();
    }

    @Test
    void threeModelsAreKeptApartAndInTheOrderOfTheSettings() throws Exception {
        List<String> models = List.of("zeal", "articles-of-the-northern-papers", "letters");
        run =
                new PageRun(
                        folder.resolve("kafka"),
                        Pipeline.TEXT,
                        Optional.empty(),
                        models.toArray(String[]::new));
        browser.size(1200, TALL, false);
        browser.open(run.page.url());
        PageScenes.threeModels(run, models);
        browser.until("document.getElementById('verdict').dataset.level === 'wrong'");
        browser.until("document.querySelectorAll('#learning-models .heat canvas').length === 6");
        browser.until("document.querySelectorAll('#score-charts .chart').length === 3");
        browser.until("document.querySelectorAll('#learning .onset').length > 0");
        assertThat(text("#sentence")).startsWith(models.get(1) + ": attention collapses");
        assertThat(text("#since")).endsWith("1 more open alert, also of letters.");
        assertThat(texts("#model-rows th")).isEqualTo(models);
        assertThat(texts("#learning-models h3")).isEqualTo(models);
        assertThat(texts("#score-charts strong"))
                .isEqualTo(models.stream().map(name -> "Bits per byte of " + name).toList());
        assertThat(texts("#order-model option")).isEqualTo(models);
        List<Integer> marked = new ArrayList<>();
        for (int i = 1; i <= 3; i++) {
            marked.add(
                    browser.run(
                                    "return document.querySelectorAll("
                                            + "'#learning-models > :nth-child(%d) .onset:not(.warning)').length"
                                                    .formatted(i))
                            .asInt());
        }
        assertThat(marked).as("alerts of the second model alone").containsExactly(0, 5, 0);
        look("text-three-models");
        // From the sentence to the orders of its model, though the sentence goes on changing.
        browser.run("document.querySelector('#done a').focus()");
        run.alert(
                System.currentTimeMillis(),
                PageRecords.alert("z", models.get(0), Severity.WARN, false, 1, "drifts"));
        run.flush();
        browser.until("document.getElementById('since').innerText.includes('2 more open alerts')");
        // Its charts are marked, though nothing new comes to be drawn in them.
        browser.until(
                "document.querySelectorAll('#learning-models > :first-child .warning').length > 0");
        browser.press("Enter");
        browser.until(
                "document.getElementById('order-model').value === '%s'".formatted(models.get(1)));
        assertThat(browser.problems()).isEmpty();
    }

    @Test
    void aPageThatIsOpenOutlivesItsServer() throws Exception {
        start(Pipeline.TEXT, 1200, TALL);
        PageScenes.texts(run, false);
        PageScenes.texts(run, true);
        browser.until("document.getElementById('verdict').dataset.level === 'wrong'");
        browser.until("document.querySelectorAll('#learning-models .heat canvas').length === 2");
        browser.run("document.body.dataset.stayed = 'yes'");
        run.page.close();
        browser.until("document.getElementById('sentence').innerText.includes('is old')");

        run.restart();
        browser.until(
                "document.getElementById('sentence').innerText === 'text: attention collapses in layer 1'");
        assertThat(text("#link")).isEqualTo("live");
        browser.until(
                "document.getElementById('model-rows').innerText.includes('publication held')");
        seeTheHold();
        assertThat(texts("#alert-list .head")).hasSize(2);
        browser.until("document.querySelectorAll('#learning-models .heat canvas').length === 2");
        browser.until(
                "document.querySelectorAll('#learning-models .frame path.curve').length === 4");
        order(); // is sent, and its answer is shown
        assertThat(browser.run("return document.body.dataset.stayed").asText()).isEqualTo("yes");

        // A server that was given other models makes another page.
        run.page.close();
        browser.until("document.getElementById('sentence').innerText.includes('is old')");
        run.config.set(FreshetOptions.MODELS, List.of("text", "second"));
        run.restart();
        browser.until("document.querySelectorAll('#order-model option').length === 2");
        browser.until("document.getElementById('model-rows').innerText.includes('second')");
        assertThat(browser.run("return document.body.dataset.stayed ?? 'no'").asText())
                .isEqualTo("no");
    }

    @Test
    void lettersTwiceAsLargeFindRoom() throws Exception {
        browser = new Browser(Browser.find().orElseThrow(), folder.resolve("large"), 32);
        start(Pipeline.TEXT, 1200, TALL);
        PageScenes.texts(run, false);
        PageScenes.texts(run, true);
        browser.until("document.getElementById('verdict').dataset.level === 'wrong'");
        browser.until(
                "document.querySelectorAll('#learning-models .frame path.curve').length === 4");
        browser.until("document.querySelectorAll('#text-list li').length === 6");
        for (int width : new int[] {1200, 390}) {
            browser.size(width, TALL, width == 390);
            browser.until("innerWidth === " + width);
            assertThat(
                            browser.run(
                                            "return parseFloat(getComputedStyle(document.querySelector('.alert p')).fontSize)")
                                    .asDouble())
                    .isGreaterThan(28);
            browser.until(PageScenes.OVERLAPPING_AXES + ".length === 0");
            browser.picture(PICTURES.resolve("text-large-" + width + ".png"));
            assertThat(width()).as("width").isLessThanOrEqualTo(width);
        }
        // As after midnight: the moments of a chart are of another day and have a date.
        browser.run("Date.prototype.toDateString = function () { return String(this.getTime()); }");
        browser.size(400, TALL, true);
        browser.until("innerWidth === 400");
        browser.until(
                "[...document.querySelectorAll('#learning-models .frame text')]"
                        + ".some((one) => /[A-Z][a-z]+ \\d/.test(one.textContent))");
        browser.until(PageScenes.OVERLAPPING_AXES + ".length === 0");
        browser.picture(PICTURES.resolve("text-large-midnight.png"));
        assertThat(browser.problems()).isEmpty();
    }

    @Test
    void anEmptyPageSaysSoAndNothingIsWiderThanAPhone() throws Exception {
        start(Pipeline.TEXT, 390, TALL);
        browser.until("document.body.dataset.behind !== undefined");
        assertThat(text("#sentence"))
                .isEqualTo("Nothing has come yet: waiting for the first records.");
        assertThat(text("#no-alerts")).isEqualTo("No alert so far.");
        assertThat(browser.run("return document.getElementById('texts').hidden").asBoolean())
                .isTrue();
        assertThat(width()).isLessThanOrEqualTo(390);
        run.page.close();
        browser.until("document.getElementById('sentence').innerText.includes('is old')");
    }

    @Test
    void aTokenIsAskedForOnceAndThenThePageIsThere() throws Exception {
        run =
                new PageRun(
                        folder.resolve("kafka"),
                        Pipeline.TEXT,
                        Optional.of("sesame-sesame-sesame"));
        browser.open(run.page.url());
        browser.run(
                "document.getElementById('token').value = 'sesame-sesame-sesame';"
                        + " document.querySelector('button').click()");
        browser.until("document.body.dataset.behind !== undefined");
        browser.open(run.page.url());
        browser.until("document.body.dataset.link === 'live'");
    }

    private void start(Pipeline pipeline, int width, int height)
            throws IOException, InterruptedException {
        run = new PageRun(folder.resolve("kafka"), pipeline, Optional.empty());
        browser.size(width, height, width < 700);
        browser.open(run.page.url());
        browser.until("document.body.dataset.link === 'live'");
    }

    /** Checks contrast in both themes and the width on a phone, and leaves a picture of each. */
    private void look(String name) throws IOException, InterruptedException {
        for (String scheme : new String[] {"light", "dark"}) {
            browser.colours(scheme);
            browser.picture(PICTURES.resolve(name + "-" + scheme + ".png"));
            JsonNode faint = browser.run(PageScenes.FAINT_TEXTS.formatted(LEAST_CONTRAST));
            assertThat(faint).as("faint texts, " + scheme).isEmpty();
        }
        browser.size(390, TALL, true);
        browser.until("document.documentElement.clientWidth === 390");
        browser.picture(PICTURES.resolve(name + "-phone-dark.png"));
        browser.colours("light");
        browser.picture(PICTURES.resolve(name + "-phone.png"));
        assertThat(width()).as("width on a phone").isLessThanOrEqualTo(390);
        browser.size(1200, TALL, false);
    }

    private int width() throws IOException, InterruptedException {
        return browser.run("return document.documentElement.scrollWidth").asInt();
    }

    private List<String> texts(String selector) throws IOException, InterruptedException {
        List<String> texts = new ArrayList<>();
        browser.run(
                        "return [...document.querySelectorAll('%s')].map((one) => one.innerText)"
                                .formatted(selector))
                .forEach(one -> texts.add(one.asText()));
        return texts;
    }

    private String text(String selector) throws IOException, InterruptedException {
        return browser.run("return document.querySelector('%s').innerText".formatted(selector))
                .asText();
    }

    /** The so-manieth command that a person gave on the page. */
    private ControlCommand nextCommand(int number) {
        run.flush();
        var found = new AtomicReference<ControlCommand>();
        int[] seen = {0};
        new TopicReader(run.kafka, run.config.get(FreshetOptions.CONTROL_TOPIC))
                .follow(
                        true,
                        record -> {
                            ControlCommand command =
                                    AvroCodec.of(ControlCommand.class).decodeOwn(record.value());
                            boolean ours = command.getIssuedBy().startsWith("page of ");
                            if (ours && ++seen[0] == number) {
                                found.set(command);
                            }
                            return found.get() == null;
                        });
        return found.get();
    }
}

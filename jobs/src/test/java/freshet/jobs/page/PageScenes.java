package freshet.jobs.page;

import freshet.schemas.Severity;
import freshet.schemas.Telemetry;
import java.util.List;

/** Four minutes of each pipeline, as they would stand in the topics. */
final class PageScenes {

    private static final long SPAN_MILLIS = 240_000;
    private static final long STEP_MILLIS = 2_000;
    private static final long ONSET_MILLIS = 60_000; // before now

    /**
     * Texts whose contrast to their ground is below a number: {@code "text: contrast"}. The ground
     * is that of the nearest element around that has one.
     */
    static final String FAINT_TEXTS =
            """
            const least = %s;
            // rgb(...) counts to 255, color(srgb ...), which mixtures are, to 1.
            const parts = (colour) => colour.match(/[0-9.]+/g).map(Number)
              .map((v, i) => colour.startsWith("color(") && i < 3 ? 255 * v : v);
            const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
              .map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
              .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
            const ground = (element) => {
              for (let e = element; e; e = e.parentElement) {
                const colour = parts(getComputedStyle(e).backgroundColor);
                if (colour.length === 3 || colour[3] === 1) { return colour; }
              }
              return [255, 255, 255];
            };
            const faint = [];
            for (const element of document.querySelectorAll("body *")) {
              const own = [...element.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
              if (!own || !element.checkVisibility()) { continue; }
              const style = getComputedStyle(element);
              const colour = element instanceof SVGElement ? style.fill : style.color;
              const [one, other] = [light(parts(colour)), light(ground(element))].sort((a, b) => b - a);
              const contrast = (one + 0.05) / (other + 0.05);
              if (contrast < least) { faint.push(`${element.textContent.slice(0, 40)}: ${contrast.toFixed(2)}`); }
            }
            return faint;
            """;

    /** JavaScript: words on axes of charts that are written over one another, or cut off. */
    static final String OVERLAPPING_AXES =
            """
            [...document.querySelectorAll(".frame")].flatMap((frame) => {
              const edge = frame.getBoundingClientRect();
              const words = [...frame.querySelectorAll("text")].map((one) => one.getBoundingClientRect());
              return words.filter((one, i) => one.left < edge.left - 1 || one.right > edge.right + 1
                || words.slice(0, i).some((other) => one.left < other.right && other.left < one.right
                  && one.top + 2 < other.bottom && other.top + 2 < one.bottom));
            })\
            """;

    private PageScenes() {}

    /**
     * Texts.
     *
     * @param incident whether attention collapses in the last minute, is noticed, and is acted on
     */
    static void texts(PageRun run, boolean incident) {
        long now = System.currentTimeMillis();
        long from = incident ? now - ONSET_MILLIS : now - SPAN_MILLIS;
        for (long at = from; at <= now; at += STEP_MILLIS) {
            int step = (int) ((at - (now - SPAN_MILLIS)) / STEP_MILLIS) + (incident ? 200 : 0);
            double gone = incident ? Math.min(1, (double) (at - from) / 30_000) : 0;
            double loss = 3.2 - step * 0.004 + 2.2 * gone * gone + 0.1 * Math.sin(step);
            run.telemetry(
                    at,
                    PageRecords.learner(
                            "text",
                            4L * step,
                            at,
                            loss,
                            head ->
                                    (0.55 + 0.04 * head + 0.03 * Math.sin(step + head))
                                            * (head >= 5 ? 1 - 0.93 * gone : 1)));
            run.observe(
                    at,
                    "bible-kjv",
                    PageRecords.text(
                            "bible-kjv",
                            step,
                            at,
                            "And it came to pass in those days, that there went out a decree from"
                                    + " Caesar Augustus, that all the world should be taxed; and they"
                                    + " went every one into"));
            run.answer(
                    at,
                    "bible-kjv",
                    PageRecords.answer("text", "bible-kjv", step, at, 4L * step, 1.4 + loss / 4));
        }
        run.deadLetter(now - 90_000, "TOO_LONG", "text has 70000 bytes, at most 65536");
        run.deadLetter(now - 80_000, "NOT_UTF8", "byte 17 is <b>no</b> UTF-8");
        if (incident) {
            collapse(run, now);
        }
        run.flush();
    }

    private static void collapse(PageRun run, long now) {
        String key = "text/ENTROPY_COLLAPSE/layer-1";
        long noticed = now - ONSET_MILLIS + 20_000;
        run.alert(
                now - 150_000,
                PageRecords.alert(
                        "text/CLIP_RATE",
                        "text",
                        Severity.WARN,
                        false,
                        now - 150_000,
                        "8 % of the newest 300 updates were clipped."));
        run.alert(
                now - 120_000,
                PageRecords.alert(
                        "text/CLIP_RATE", "text", Severity.WARN, true, now - 120_000, "over"));
        run.alert(
                noticed,
                PageRecords.alert(
                        key,
                        "text",
                        Severity.PAGE,
                        false,
                        noticed,
                        "attention collapses in layer 1: 3 of 4 heads look at one token."));
        run.command(
                noticed + 300,
                PageRecords.command(
                        "p1", "text", "holdPublication", "policy " + key, false, noticed + 300));
        run.acknowledge(
                PageRecords.acknowledged(
                        "p1", "text", true, "version 384 stays the one that answers", 412));
    }

    /** The first report and the first answer of a model: curves of one value each. */
    static void firstText(PageRun run) {
        long now = System.currentTimeMillis();
        run.telemetry(now, PageRecords.learner("text", 4, now, 6.9, head -> 0.6));
        run.answer(now, "mill", PageRecords.answer("text", "mill", 1, now, 0, 7.5));
        run.flush();
    }

    /**
     * Three models on the same texts, heard of last to first; attention of the second collapses,
     * and the third is warned of.
     *
     * @param models their names
     */
    static void threeModels(PageRun run, List<String> models) {
        long now = System.currentTimeMillis();
        for (long at = now - SPAN_MILLIS; at <= now; at += STEP_MILLIS) {
            long step = (at - (now - SPAN_MILLIS)) / STEP_MILLIS;
            for (int i = models.size() - 1; i >= 0; i--) {
                String name = models.get(i);
                double loss = 4 + i - 0.01 * step;
                run.telemetry(
                        at,
                        PageRecords.learner(name, 4 * step, at, loss, head -> 0.5 + 0.05 * head));
                run.answer(
                        at, "mill", PageRecords.answer(name, "mill", step, at, 4 * step, loss / 2));
            }
        }
        run.alert(
                now - ONSET_MILLIS,
                PageRecords.alert(
                        "b",
                        models.get(1),
                        Severity.PAGE,
                        false,
                        now - ONSET_MILLIS,
                        "attention collapses in layer 1: 3 of 4 heads look at one token."));
        run.alert(
                now,
                PageRecords.alert(
                        "c", models.get(2), Severity.WARN, false, now, "what is learned changes"));
        run.flush();
    }

    /** Pictures with two models; the labels of the newest have not come yet. */
    static void images(PageRun run) {
        long now = System.currentTimeMillis();
        for (int i = 0; i < 120; i++) {
            long at = now - SPAN_MILLIS + i * STEP_MILLIS;
            String id = "picture-" + i;
            int label = i % 10;
            run.observe(at, "camera", PageRecords.picture(id, i, at, label));
            run.answer(at, "image", PageRecords.guess("image", id, i, at, i % 4 == 0 ? 9 : label));
            run.answer(at, "frozen", PageRecords.guess("frozen", id, i, at, (label + i % 3) % 10));
            for (String model : List.of("image", "frozen")) {
                double accuracy = model.equals("image") ? 0.7 + 0.001 * i : 0.7 - 0.003 * i;
                run.telemetry(
                        at,
                        new Telemetry(
                                model,
                                "score",
                                (long) i,
                                at,
                                List.of(PageRecords.measured("accuracySliding", accuracy)),
                                List.of(),
                                0));
            }
            run.telemetry(
                    at,
                    new Telemetry(
                            "image",
                            "learner",
                            (long) i,
                            at,
                            List.of(
                                    PageRecords.measured("lossNats", 2.0 / (1 + i * 0.05)),
                                    PageRecords.measured("gradientNorm", 1.5),
                                    PageRecords.measured("pseudoLabelEntropyNats", 2.1)),
                            List.of(),
                            0));
            if (i < 100) {
                run.label(at, id, PageRecords.label(id, label, at));
            }
        }
        run.flush();
    }

    /** Three robots, episodes of 20 steps. */
    static void robots(PageRun run) {
        long now = System.currentTimeMillis();
        for (int i = 0; i < 240; i++) {
            long at = now - SPAN_MILLIS + i * 1_000L;
            for (String robot : List.of("arm-0", "arm-1", "arm-2")) {
                long step = i % 21;
                run.observe(at, robot, PageRecords.seen(robot, i / 21, step, at, step == 20));
                run.answer(at, robot, PageRecords.action(robot, i / 21, step, at, 8 + i % 5));
            }
            run.telemetry(
                    at,
                    new Telemetry(
                            "robot",
                            "robot:arm-0",
                            (long) i,
                            at,
                            List.of(PageRecords.measured("surpriseNats", 600.0 / (1 + i))),
                            List.of(),
                            0));
        }
        run.flush();
    }
}

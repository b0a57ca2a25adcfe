package freshet.benchmarks.text;

import freshet.benchmarks.Table;
import freshet.learners.language.LanguageModel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * A source that appears late: what learning on saves over the same model frozen before it, what the
 * memory is worth at its start, and what was forgotten of the earlier sources.
 */
@Command(
        name = "late-source",
        mixinStandardHelpOptions = true,
        description = "Online against frozen on a source that appears late, and forgetting.")
public final class LateSourceBenchmark implements Callable<Integer> {

    @Mixin private RunOptions options;

    @Option(names = "--late", description = "The late source; default ${DEFAULT-VALUE}.")
    private String late = "bible-kjv";

    @Option(names = "--late-bytes", description = "Bytes read of it; default ${DEFAULT-VALUE}.")
    private int lateBytes = 400_000;

    @Option(
            names = "--start-bytes",
            description = "Its first bytes, reported apart; default ${DEFAULT-VALUE}.")
    private int startBytes = 50_000;

    @Option(
            names = "--held-out-bytes",
            description =
                    "Last bytes of each earlier book that are never learned; default"
                            + " ${DEFAULT-VALUE}.")
    private int heldOutBytes = 50_000;

    private Table table;

    @Override
    public Integer call() throws IOException {
        Map<String, byte[]> heldOut = new LinkedHashMap<>();
        var stream = new TextStream(options.recordBytes);
        long left = options.bytes;
        for (String book : options.books) {
            byte[] text = TextStream.read(book);
            int learned = (int) Math.min(left, text.length - heldOutBytes);
            if (learned > 0) {
                stream.add(book, Arrays.copyOf(text, learned));
                heldOut.put(book, Arrays.copyOfRange(text, learned, learned + heldOutBytes));
                left -= learned;
            }
        }
        int early = stream.texts().size();
        byte[] lateText = TextStream.read(late);
        stream.add(late, Arrays.copyOf(lateText, Math.min(lateBytes, lateText.length)));
        options.printHeader(stream);
        try (var run = new ServedRun(options.engine(), options.setup())) {
            for (TextStream.Text text : stream.texts().subList(0, early)) {
                run.serveThenLearn(text);
            }
            List<Double> before = bitsPerByte(run, heldOut);
            try (LanguageModel frozen = run.frozenCopy()) {
                serveLate(run, frozen, stream.texts().subList(early, stream.texts().size()));
            }
            printForgetting(heldOut, before, bitsPerByte(run, heldOut));
        }
        return 0;
    }

    private void serveLate(ServedRun run, LanguageModel frozen, List<TextStream.Text> texts) {
        var start = new Score();
        var whole = new Score();
        double frozenStart = 0;
        double frozenWhole = 0;
        for (TextStream.Text text : texts) {
            double frozenBits = run.bitsBy(frozen, text);
            Score score = run.serveThenLearn(text);
            if (whole.bytes < startBytes) {
                start.add(score);
                frozenStart += frozenBits;
            }
            whole.add(score);
            frozenWhole += frozenBits;
        }
        table =
                Table.start(
                        "late source",
                        "| late source | frozen LM | online LM | against frozen | online LM + kNN | kNN"
                                + " saves | all three |");
        printLate("first " + start.bytes + " bytes", start, frozenStart);
        printLate("all " + whole.bytes + " bytes", whole, frozenWhole);
    }

    private void printLate(String part, Score score, double frozen) {
        table.row(
                "| %s | %.4f | %.4f | %+.2f %% | %.4f | %.2f %% | %.4f |",
                part,
                score.perByte(frozen),
                score.perByte(score.model),
                100 * (score.model / frozen - 1),
                score.perByte(score.modelAndNeighbours),
                100 * (1 - score.modelAndNeighbours / score.model),
                score.perByte(score.all));
    }

    private static List<Double> bitsPerByte(ServedRun run, Map<String, byte[]> texts) {
        List<Double> scores = new ArrayList<>();
        for (byte[] text : texts.values()) {
            scores.add(run.modelBits(text) / text.length);
        }
        return scores;
    }

    private void printForgetting(
            Map<String, byte[]> heldOut, List<Double> before, List<Double> after) {
        System.out.println();
        table =
                Table.start(
                        "held out of an earlier source",
                        "| held out of an earlier source | LM before the late source | after | change |");
        int i = 0;
        for (String book : heldOut.keySet()) {
            table.row(
                    "| %s | %.4f | %.4f | %+.2f %% |",
                    book, before.get(i), after.get(i), 100 * (after.get(i) / before.get(i) - 1));
            i++;
        }
    }
}

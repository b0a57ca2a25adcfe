package freshet.benchmarks.text;

import freshet.benchmarks.Table;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Whether activation L2 helps the memory, with keys that are normed and with keys that are not. */
@Command(
        name = "activation-l2",
        mixinStandardHelpOptions = true,
        description = "Served bits per byte against omega, with and without normed keys.")
public final class ActivationL2Benchmark implements Callable<Integer> {

    @Mixin private RunOptions options;

    @Option(
            names = "--omegas",
            split = ",",
            description = "Weights of the keys' mean square; default ${DEFAULT-VALUE}.")
    private List<Double> omegas = List.of(0.0, 0.001, 0.01, 0.1, 1.0);

    @Override
    public Integer call() throws IOException {
        TextStream stream = TextStream.of(options.books, options.recordBytes, options.bytes);
        options.printHeader(stream);
        Table table =
                Table.start("keys", "| keys | omega | LM | LM + kNN | kNN saves | all three |");
        for (boolean normed : new boolean[] {true, false}) {
            for (double omega : omegas) {
                options.model.put("normalisedMemoryKeys", String.valueOf(normed));
                options.learning.put("activationL2", String.valueOf(omega));
                var total = new Score();
                try (var run = new ServedRun(options.engine(), options.setup())) {
                    for (TextStream.Text text : stream.texts()) {
                        total.add(run.serveThenLearn(text));
                    }
                }
                table.row(
                        "| %s | %s | %.4f | %.4f | %.2f %% | %.4f |",
                        normed ? "normed" : "not normed",
                        omega,
                        total.perByte(total.model),
                        total.perByte(total.modelAndNeighbours),
                        100 * (1 - total.modelAndNeighbours / total.model),
                        total.perByte(total.all));
            }
        }
        return 0;
    }
}

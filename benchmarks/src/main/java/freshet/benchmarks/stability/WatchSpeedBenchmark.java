package freshet.benchmarks.stability;

import freshet.benchmarks.Machine;
import freshet.benchmarks.Table;
import freshet.learners.Measurement;
import freshet.learners.stability.remedies.PolicySource;
import freshet.learners.stability.rules.Report;
import freshet.learners.stability.rules.RuleSource;
import freshet.learners.stability.rules.Watch;
import freshet.learners.tensor.CounterRandom;
import freshet.operators.TelemetryDecoder;
import freshet.operators.TelemetryRecord;
import freshet.pipelines.StabilityPipeline;
import freshet.pipelines.StabilitySettings;
import freshet.schemas.AvroCodec;
import freshet.schemas.Telemetry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.connector.datagen.source.GeneratorFunction;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Telemetry points a second that the default rules judge. */
@Command(
        name = "watch-speed",
        mixinStandardHelpOptions = true,
        description =
                "Points (measurements) a second through the default rules: the rules alone on one"
                        + " thread, and bytes to alerts through Flink. The reports are those of a"
                        + " text model at every update.")
public final class WatchSpeedBenchmark implements Callable<Integer> {

    private static final long MODEL_SEED = 1;

    @Option(names = "--reports", description = "Updates reported; default ${DEFAULT-VALUE}.")
    private int reports = 30_000;

    @Option(names = "--layers", description = "Of the model; default ${DEFAULT-VALUE}.")
    private int layers = 3;

    @Option(names = "--heads", description = "Of each layer; default ${DEFAULT-VALUE}.")
    private int heads = 4;

    @Override
    public Integer call() throws Exception {
        System.out.println(Machine.line());
        int points = report(0, layers, heads).points().size();
        System.out.printf(
                "%d default rules, %,d reports of %d points%n%n",
                RuleSource.defaults().read().names().size(), reports, points);
        Table table = Table.start("watch-speed", "what | points a second");
        rulesAlone(reports / 5); // to be compiled
        table.row("| rules alone, 1 thread | %,.0f |", rulesAlone(reports));
        table.row("| bytes to alerts through Flink | %,.0f |", throughFlink());
        return 0;
    }

    private double rulesAlone(int count) {
        List<Report> all = new ArrayList<>();
        for (int number = 0; number < count; number++) {
            all.add(report(number, layers, heads));
        }
        var watch = new Watch(RuleSource.defaults().read(), "text");
        long start = System.nanoTime();
        long points = 0;
        for (Report report : all) {
            watch.add(report);
            points += report.points().size();
        }
        return points / ((System.nanoTime() - start) / 1e9);
    }

    private double throughFlink() throws Exception {
        var env = StreamExecutionEnvironment.createLocalEnvironment(1, new Configuration());
        int ofLayers = layers;
        int ofHeads = heads;
        GeneratorFunction<Long, byte[]> bytes = new Encoded(ofLayers, ofHeads);
        var telemetry =
                env.fromSource(
                                new DataGeneratorSource<>(
                                        bytes,
                                        reports,
                                        PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO),
                                WatermarkStrategy.noWatermarks(),
                                "reports")
                        .map(new Decoded())
                        .returns(Types.POJO(TelemetryRecord.class));
        var settings =
                new StabilitySettings(
                        true,
                        RuleSource.defaults(),
                        PolicySource.defaults(PolicySource.Mode.ACT),
                        null,
                        Long.MAX_VALUE / 2);
        StabilityPipeline.watch(telemetry, settings).records().sinkTo(new DiscardingSink<>());
        long points = (long) reports * report(0, layers, heads).points().size();
        long millis = env.execute("watch").getNetRuntime();
        return points / (millis / 1e3);
    }

    /** What a text learner reports of an update, around steady values. */
    public static Report report(long number, int layers, int heads) {
        var random = new CounterRandom(MODEL_SEED, 0, 1_000 * number);
        List<Measurement> points = new ArrayList<>();
        for (String name :
                List.of(
                        "lossNats",
                        "gradientNorm",
                        "clipped",
                        "updateWeightRatio",
                        "learningRate",
                        "logZ",
                        "outputMaxLogit")) {
            points.add(Measurement.of(name, around(1, random)));
        }
        for (int layer = 0; layer < layers; layer++) {
            for (String name :
                    List.of("spectralNormQuery", "spectralNormKey", "gradientOverDeviation")) {
                points.add(at(name, layer, -1, around(1, random)));
            }
            for (int head = 0; head < heads; head++) {
                points.add(at("attentionEntropyNats", layer, head, around(2, random)));
                points.add(at("attentionEntropyNormalised", layer, head, around(0.6, random)));
                points.add(at("attentionEntropyBoundNats", layer, head, around(1, random)));
                points.add(at("attentionEntropySlackNats", layer, head, around(1, random)));
                points.add(at("attentionMaxLogit", layer, head, around(8, random)));
                points.add(at("queryKeySpectralNorm", layer, head, around(3, random)));
            }
        }
        return new Report("learner", number, 1_000 * number, points);
    }

    private static double around(double value, CounterRandom random) {
        return value * (1 + 0.05 * random.nextGaussian());
    }

    private static Measurement at(String name, int layer, int head, double value) {
        return new Measurement(name, layer, head, 1, value, value, value);
    }

    private static final class Encoded implements GeneratorFunction<Long, byte[]> {
        private static final long serialVersionUID = 1;
        private static final int KEPT = 1_000;

        private final int layers;
        private final int heads;
        private transient List<Report> kept; // drawing takes longer than judging
        private transient AvroCodec<Telemetry> codec;

        Encoded(int layers, int heads) {
            this.layers = layers;
            this.heads = heads;
        }

        @Override
        public byte[] map(Long number) {
            if (kept == null) {
                codec = AvroCodec.of(Telemetry.class);
                kept = new ArrayList<>();
                for (int i = 0; i < KEPT; i++) {
                    kept.add(report(i, layers, heads));
                }
            }
            List<freshet.schemas.Measurement> points = new ArrayList<>();
            for (Measurement one : kept.get((int) (number % KEPT)).points()) {
                points.add(
                        new freshet.schemas.Measurement(
                                one.name(),
                                one.layer(),
                                one.head(),
                                one.count(),
                                one.sum(),
                                one.min(),
                                one.max()));
            }
            return codec.encode(
                    new Telemetry("text", "learner", number, 1_000 * number, points, List.of(), 0));
        }
    }

    private static final class Decoded
            implements org.apache.flink.api.common.functions.MapFunction<byte[], TelemetryRecord> {
        private static final long serialVersionUID = 1;

        private final TelemetryDecoder decoder = new TelemetryDecoder(Long.MAX_VALUE / 2);

        @Override
        public TelemetryRecord map(byte[] value) {
            return decoder.decode(
                    "telemetry", 0, 0, 0, new byte[0], value, new String[0], new byte[0][]);
        }
    }
}

package freshet.jobs.recovery;

import freshet.jobs.Logs;
import freshet.learners.scoring.PrequentialScore;
import freshet.schemas.AvroCodec;
import freshet.schemas.ImagePrediction;
import freshet.schemas.Measurement;
import freshet.schemas.Telemetry;
import freshet.schemas.UndecodableRecordException;
import java.io.PrintStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Runs the image pipeline with labels that come late, and compares every score that it reports with
 * one that is computed afterwards from what lies in the topics: the predictions, and the labels in
 * their order.
 */
@Command(
        name = "delayed-labels",
        mixinStandardHelpOptions = true,
        description = "Shows that scores of late labels are those of the predictions of the time.")
public final class DelayedLabels implements Callable<Integer> {

    private static final int LABELLED_AT_ONCE = 40;

    @Option(names = "--pictures", defaultValue = "12000", description = "From 100.")
    private int pictures;

    @Option(
            names = "--delays",
            split = ",",
            defaultValue = "1,100,10000",
            description = "Pictures between one and its label, below --pictures less 40.")
    private List<Integer> delays;

    private final PrintStream out = System.out;

    /** Compares and exits with 1 if a score differed. */
    public static void main(String[] args) {
        Logs.silent();
        System.exit(new CommandLine(new DelayedLabels()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        int differing = 0;
        for (int delay : delays) {
            if (delay < 1 || delay >= pictures - LABELLED_AT_ONCE) {
                throw new IllegalArgumentException(
                        "--delays has %d, must be from 1 to %d"
                                .formatted(delay, pictures - LABELLED_AT_ONCE - 1));
            }
            LoopedImages looped = LoopedImages.delayed(pictures, LABELLED_AT_ONCE, delay);
            String run = "delay-%d-%d".formatted(delay, System.nanoTime());
            LoopbackRun.Result result = LoopbackRun.run(run, looped, Fault.Plan.NONE);
            differing += compare(result, delay);
        }
        return differing == 0 ? 0 : 1;
    }

    private int compare(LoopbackRun.Result result, int delay) throws UndecodableRecordException {
        Map<String, float[]> answers = answers(result);
        var offline = new PrequentialScore(LoopedImages.SCORE);
        AvroCodec<Telemetry> codec = AvroCodec.of(Telemetry.class);
        int compared = 0;
        int differing = 0;
        int number = 0;
        for (int picture = 0; picture < pictures; picture++) { // labels keep their order
            offline.add(answers.get(PictureStream.id(picture)), PictureStream.label(picture));
            number++;
            byte[] report = result.telemetry().get("small/score/" + number);
            if (report != null) {
                compared++;
                differing += differs(codec.decode(report), offline) ? 1 : 0;
            }
        }
        out.printf(
                "labels %,d pictures late: %,d answers scored, accuracy %.4f; %,d reports compared,"
                        + " %d differ%n",
                delay, offline.records(), offline.all().accuracy(), compared, differing);
        return compared == 0 ? 1 : differing;
    }

    private static Map<String, float[]> answers(LoopbackRun.Result result)
            throws UndecodableRecordException {
        AvroCodec<ImagePrediction> codec = AvroCodec.of(ImagePrediction.class);
        Map<String, float[]> answers = new HashMap<>();
        for (byte[] value : result.predictions().values()) {
            ImagePrediction prediction = codec.decode(value);
            float[] probabilities = new float[prediction.getProbabilities().size()];
            for (int c = 0; c < probabilities.length; c++) {
                probabilities[c] = prediction.getProbabilities().get(c);
            }
            answers.put(prediction.getRecordId(), probabilities);
        }
        return answers;
    }

    private static boolean differs(Telemetry reported, PrequentialScore offline) {
        Map<String, Double> expected =
                Map.of(
                        "accuracy", offline.all().accuracy(),
                        "logLossNats", offline.all().logLossNats(),
                        "calibrationError", offline.all().calibrationError(),
                        "accuracySliding", offline.sliding().accuracy(),
                        "logLossNatsSliding", offline.sliding().logLossNats(),
                        "accuracyFading", offline.fading().accuracy(),
                        "logLossNatsFading", offline.fading().logLossNats());
        int same = 0;
        for (Measurement point : reported.getMeasurements()) {
            Double value = expected.get(point.getName());
            // A mean travels as minimum and maximum of itself, its sum loses the last bit.
            same += value != null && value == point.getMin() ? 1 : 0;
        }
        return same != expected.size();
    }
}

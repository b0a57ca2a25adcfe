package freshet.operators;

import freshet.learners.scoring.ClassTally;
import freshet.schemas.AvroCodec;
import freshet.schemas.Floats;
import freshet.schemas.ImagePrediction;
import java.nio.charset.StandardCharsets;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;

/** Writes answers as records of the predictions topic. */
public final class ImagePredictionsFunction extends RichMapFunction<ImageRecord, OutRecord> {

    private static final long serialVersionUID = 1;

    private final String modelName;
    private final boolean evaluation;
    private transient AvroCodec<ImagePrediction> codec;

    /**
     * @param evaluation whether the same bytes must come at every run
     */
    public ImagePredictionsFunction(String modelName, boolean evaluation) {
        this.modelName = modelName;
        this.evaluation = evaluation;
    }

    @Override
    public void open(OpenContext context) {
        codec = AvroCodec.of(ImagePrediction.class);
    }

    @Override
    public OutRecord map(ImageRecord answer) {
        long trainedThrough = answer.trainedThroughMillis;
        ImagePrediction prediction =
                ImagePrediction.newBuilder()
                        .setModelName(modelName)
                        .setSource(answer.source)
                        .setSequence(answer.sequence)
                        .setRecordId(answer.recordId)
                        .setEventTime(answer.eventTimeMillis)
                        .setLearn(answer.learn)
                        .setIsTest(answer.isTest)
                        .setModelVersion(answer.modelVersion)
                        .setTrainedThrough(trainedThrough)
                        .setModelAgeMillis(
                                trainedThrough < 0 ? -1 : answer.eventTimeMillis - trainedThrough)
                        .setServedAt(evaluation ? 0 : System.currentTimeMillis())
                        .setLabel(ClassTally.likeliest(answer.probabilities))
                        .setProbabilities(Floats.list(answer.probabilities))
                        .build();
        String key = modelName + "/" + answer.source + "/" + answer.sequence;
        return new OutRecord(key.getBytes(StandardCharsets.UTF_8), codec.encode(prediction));
    }
}

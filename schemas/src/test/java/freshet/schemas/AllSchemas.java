package freshet.schemas;

import java.util.List;
import org.apache.avro.specific.SpecificRecordBase;

/** Every kind of record that travels by itself. */
final class AllSchemas {

    static final List<Class<? extends SpecificRecordBase>> TYPES =
            List.of(
                    Action.class,
                    Alert.class,
                    ControlAcknowledgement.class,
                    ControlCommand.class,
                    ImageObservation.class,
                    ImagePrediction.class,
                    Label.class,
                    ModelChunk.class,
                    ModelManifest.class,
                    RobotObservation.class,
                    Telemetry.class,
                    TextObservation.class,
                    TextPrediction.class);

    private AllSchemas() {}
}

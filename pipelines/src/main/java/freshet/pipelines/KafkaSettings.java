package freshet.pipelines;

import java.io.Serializable;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.flink.connector.base.DeliveryGuarantee;

/**
 * Where the streams live and with which guarantees.
 *
 * @param labelsTopic read where the observations have labels
 * @param roundsTopic used where several workers learn one model
 * @param clientOptions passed to every Kafka client as they are
 * @param bounded stop at the end that the topics have when the job starts
 * @param delivery guarantee of telemetry and dead letters
 * @param signingKeyFile private key that signs published versions; empty: none does
 * @param trustedKeyFile public keys of which one must have signed a version; empty: any is taken
 */
public record KafkaSettings(
        String bootstrapServers,
        String group,
        String observationsTopic,
        String labelsTopic,
        String predictionsTopic,
        String modelsTopic,
        String telemetryTopic,
        String controlTopic,
        String acknowledgementsTopic,
        String roundsTopic,
        String alertsTopic,
        String deadLettersTopic,
        Map<String, String> clientOptions,
        boolean bounded,
        DeliveryGuarantee predictionsDelivery,
        DeliveryGuarantee modelsDelivery,
        DeliveryGuarantee delivery,
        Duration transactionTimeout,
        String signingKeyFile,
        String trustedKeyFile)
        implements Serializable {

    private static final int MAX_REQUEST_BYTES = 16 << 20;

    public KafkaSettings {
        clientOptions = new TreeMap<>(clientOptions);
    }

    int maxRequestBytes() {
        return MAX_REQUEST_BYTES;
    }

    /** Properties common to all clients, where Kafka is among them; a fresh copy. */
    public Properties clientProperties() {
        Properties properties = new Properties();
        properties.putAll(clientOptions);
        properties.setProperty("bootstrap.servers", bootstrapServers);
        return properties;
    }
}

package freshet.operators;

import freshet.schemas.AvroCodec;
import freshet.schemas.ModelManifest;
import freshet.schemas.UndecodableRecordException;
import java.nio.file.Path;
import java.security.PrivateKey;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;

/** Signs the manifests among the records of the models topic; chunks pass. Keeps nothing. */
public final class SignManifestsFunction extends RichMapFunction<OutRecord, OutRecord> {

    private final String keyFile;
    private transient PrivateKey key;
    private transient AvroCodec<ModelManifest> manifests;

    /**
     * @param keyFile private key, read on the worker: the job carries its path alone
     */
    public SignManifestsFunction(String keyFile) {
        this.keyFile = keyFile;
    }

    @Override
    public void open(OpenContext context) {
        key = ManifestSignature.privateKey(Path.of(keyFile));
        manifests = AvroCodec.of(ModelManifest.class);
    }

    @Override
    public OutRecord map(OutRecord record) throws UndecodableRecordException {
        if (!manifests.recognises(record.value)) {
            return record;
        }
        ModelManifest signed = ManifestSignature.sign(manifests.decode(record.value), key);
        OutRecord out = new OutRecord(record.key, manifests.encode(signed));
        out.headerNames = record.headerNames;
        out.headerValues = record.headerValues;
        return out;
    }
}

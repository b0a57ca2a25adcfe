package freshet.operators;

import freshet.learners.tensor.Weights;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * Puts model versions together from chunks and manifests, and refuses what is incomplete, damaged,
 * of another format or configuration or has weights that are not finite: the predictors go on with
 * the version they have. Run at parallelism 1.
 *
 * <p>State: chunks whose manifest has not come, of at most {@value #VERSIONS_IN_FLIGHT} versions.
 */
public final class AssembleModelsFunction extends ProcessFunction<ModelRecord, ModelVersion>
        implements CheckpointedFunction {

    private static final int VERSIONS_IN_FLIGHT = 2;

    private final LearnerSetup<?, ?> setup;
    private final OutputTag<OutRecord> deadLetters;

    private transient ModelAssembly assembly;
    private transient PublishedForm form;
    private transient ListState<ModelAssembly.Part> saved;
    private transient Counter refused;

    public AssembleModelsFunction(LearnerSetup<?, ?> setup, OutputTag<OutRecord> deadLetters) {
        this.setup = setup;
        this.deadLetters = deadLetters;
    }

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        assembly = new ModelAssembly(VERSIONS_IN_FLIGHT);
        form = setup.published();
        saved =
                context.getOperatorStateStore()
                        .getListState(
                                new ListStateDescriptor<>(
                                        "chunks", Types.POJO(ModelAssembly.Part.class)));
        saved.get().forEach(assembly::restore);
        refused =
                getRuntimeContext()
                        .getMetricGroup()
                        .addGroup("ml")
                        .addGroup("models")
                        .counter("versionsRefused");
    }

    @Override
    public void processElement(ModelRecord record, Context context, Collector<ModelVersion> out)
            throws Exception {
        if (record.problem == null && !record.modelName.equals(setup.modelName())) {
            return;
        }
        try {
            if (record.problem != null) {
                throw new ModelAssembly.Refused(record.problem);
            }
            if (record.chunkBytes != null) {
                assembly.add(
                        record.version, record.chunkIndex, record.chunkBytes, record.chunkCrc32c);
            } else {
                out.collect(complete(record));
            }
        } catch (ModelAssembly.Refused e) {
            refused.inc();
            context.output(deadLetters, DeadLetterRecords.of(record, e.getMessage()));
        }
    }

    private ModelVersion complete(ModelRecord manifest) throws Exception {
        byte[] bytes =
                assembly.complete(manifest.version, manifest.chunkCount, manifest.totalBytes);
        String sha256 =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        if (!sha256.equals(manifest.sha256)) {
            throw new ModelAssembly.Refused(
                    "version %d has checksum %s, its manifest says %s"
                            .formatted(manifest.version, sha256, manifest.sha256));
        }
        if (!manifest.kind.equals(form.kind()) || manifest.formatVersion != form.formatVersion()) {
            throw new ModelAssembly.Refused(
                    "version %d is %s in format %d, this predictor reads %s in format %d"
                            .formatted(
                                    manifest.version,
                                    manifest.kind,
                                    manifest.formatVersion,
                                    form.kind(),
                                    form.formatVersion()));
        }
        if (!manifest.configuration.equals(form.configuration())) {
            throw new ModelAssembly.Refused(
                    "version %d is of configuration %s, this predictor serves %s"
                            .formatted(
                                    manifest.version,
                                    manifest.configuration,
                                    form.configuration()));
        }
        checkFinite(manifest.version, bytes);
        ModelVersion version = new ModelVersion();
        version.modelName = manifest.modelName;
        version.version = manifest.version;
        version.parentVersion = manifest.parentVersion;
        version.trainedThroughMillis = manifest.trainedThroughMillis;
        version.completeThroughMillis = manifest.completeThroughMillis;
        version.learnedAppendTimeMillis = manifest.learnedAppendTimeMillis;
        version.kind = manifest.kind;
        version.formatVersion = manifest.formatVersion;
        version.configuration = manifest.configuration;
        version.tokenizerHash = manifest.tokenizerHash;
        version.metadata = manifest.metadata;
        version.scoreBitsPerToken = manifest.scoreBitsPerToken;
        version.bytes = bytes;
        return version;
    }

    /**
     * A checksum only says that what was written has come: nobody may act by weights like these.
     */
    private static void checkFinite(long version, byte[] bytes) throws ModelAssembly.Refused {
        float[] weights = Weights.fromBytes(bytes);
        int bad = Weights.firstNotFinite(weights);
        if (bad >= 0) {
            throw new ModelAssembly.Refused(
                    "weight %d of version %d is %s".formatted(bad, version, weights[bad]));
        }
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        saved.clear();
        for (ModelAssembly.Part part : assembly.parts()) {
            saved.add(part);
        }
    }
}

package freshet.operators;

import static org.assertj.core.api.Assertions.assertThat;

import freshet.learners.tensor.Weights;
import freshet.schemas.AvroCodec;
import freshet.schemas.ModelChunk;
import freshet.schemas.ModelManifest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the models topic may bring, and that a good version after a bad one is still served. */
class BadModelsTest {

    private OneInputStreamOperatorTestHarness<ModelRecord, ModelVersion> assemble;
    private static final long LOG_TIME = 5;
    private static final long MAX_AHEAD = 1_000;

    private long offset;

    @BeforeEach
    void open() throws Exception {
        assemble = harness();
        assemble.open();
    }

    @AfterEach
    void aGoodVersionIsStillServed() throws Exception {
        int before = assemble.extractOutputValues().size();
        take(records(version(99)));
        assertThat(assemble.extractOutputValues()).hasSize(before + 1);
        assemble.close();
    }

    @Test
    void cutAndPutTogetherAVersionIsTheSame() throws Exception {
        ModelVersion version = version(16);

        take(records(version));

        assertThat(assemble.extractOutputValues())
                .usingRecursiveComparison()
                .isEqualTo(List.of(version));
    }

    @Test
    void aVersionHalfThereIsCompletedAfterARestart() throws Exception {
        List<OutRecord> records = records(version(16));
        take(records.subList(0, 2));
        OperatorSubtaskState checkpoint = assemble.snapshot(1, 0);
        assemble.close();
        assemble = harness();
        assemble.initializeState(checkpoint);
        assemble.open();

        take(records.subList(2, records.size()));

        assertThat(assemble.extractOutputValues())
                .usingRecursiveComparison()
                .isEqualTo(List.of(version(16)));
    }

    @Test
    void aManifestWithoutItsChunks() throws Exception {
        List<OutRecord> records = records(version(16));
        records.remove(1);

        take(records);

        assertRefused(
                records.get(records.size() - 1).value,
                "manifest of version 16 names 3 chunks, 2 are there");
    }

    @Test
    void aChunkWithAWrongChecksum() throws Exception {
        List<OutRecord> records = records(version(16));
        AvroCodec<ModelChunk> codec = AvroCodec.of(ModelChunk.class);
        ModelChunk chunk = codec.decode(records.get(0).value);
        chunk.setBytes(ByteBuffer.wrap(new byte[] {66}));
        records.set(0, new OutRecord(records.get(0).key, codec.encode(chunk)));

        take(records.subList(0, 1));

        assertRefused(records.get(0).value, "chunk 0 of version 16 has checksum");
    }

    @Test
    void aManifestWithAnotherSha256() throws Exception {
        assertManifestRefused(
                manifest -> manifest.setSha256("00".repeat(32)), "its manifest says 0000");
    }

    @Test
    void aModelOfAnotherConfiguration() throws Exception {
        assertManifestRefused(
                manifest -> manifest.setConfiguration("language width=9"),
                "is of configuration language width=9, this predictor serves language");
    }

    /** A learner of a newer build writes it: the predictor goes on with what it can read. */
    @Test
    void aModelInAFormatOfAnotherBuild() throws Exception {
        assertManifestRefused(
                manifest -> manifest.setFormatVersion(2),
                "version 16 is language in format 2, this predictor reads language in format 1");
    }

    @Test
    void aModelOfAnotherKind() throws Exception {
        assertManifestRefused(
                manifest -> manifest.setKind("classifier"), "is classifier in format 1");
    }

    /** Its checksums are right: it was written as it is. */
    @Test
    void weightsThatAreNotFinite() throws Exception {
        ModelVersion poisoned = version(16);
        poisoned.bytes = Weights.toBytes(new float[] {1, 2, Float.NaN});
        List<OutRecord> records = records(poisoned);

        take(records);

        assertThat(assemble.extractOutputValues()).isEmpty();
        assertRefused(records.get(records.size() - 1).value, "weight 2 of version 16 is NaN");
    }

    @Test
    void aManifestOfNoChunks() throws Exception {
        assertManifestRefused(manifest -> manifest.setChunks(0), "names 0 chunks, 3 are there");
    }

    /** In evaluation mode it would push the models' watermark past all texts there will be. */
    @Test
    void aManifestOfAnAbsurdTime() throws Exception {
        for (long absurd : new long[] {LOG_TIME + MAX_AHEAD + 1, Long.MAX_VALUE, -2}) {
            ModelRecord read =
                    new ModelRecordDecoder(MAX_AHEAD)
                            .decode("models", 0, 0, LOG_TIME, null, manifestThrough(absurd));
            assertThat(read.trainedThroughMillis).isEqualTo(Long.MIN_VALUE); // moves no watermark
            assertThat(read.problem).contains("trainedThrough of version 16 is " + absurd);
        }
        assertManifestRefused(
                manifest -> manifest.setTrainedThrough(Long.MAX_VALUE),
                "trainedThrough of version 16 is 9223372036854775807, must be from -1 to 1000 ms"
                        + " after the log's timestamp 5");
    }

    @Test
    void theLatestAndTheEarliestTimeThatAVersionMayHave() throws Exception {
        for (long allowed : new long[] {LOG_TIME + MAX_AHEAD, -1}) {
            ModelRecord read =
                    new ModelRecordDecoder(MAX_AHEAD)
                            .decode("models", 0, 0, LOG_TIME, null, manifestThrough(allowed));
            assertThat(read.problem).isNull();
            assertThat(read.trainedThroughMillis).isEqualTo(allowed);
        }
    }

    @Test
    void aChunkOfAnAbsurdTime() throws Exception {
        OutRecord good = records(version(16)).get(0);
        AvroCodec<ModelChunk> codec = AvroCodec.of(ModelChunk.class);
        ModelChunk chunk = codec.decode(good.value);
        chunk.setTrainedThrough(Long.MAX_VALUE);
        OutRecord bad = new OutRecord(good.key, codec.encode(chunk));

        take(List.of(bad));

        assertRefused(bad.value, "trainedThrough of version 16 is 9223372036854775807");
    }

    private static byte[] manifestThrough(long trainedThrough) throws Exception {
        ModelVersion version = version(16);
        version.trainedThroughMillis = trainedThrough;
        List<OutRecord> records = records(version);
        return records.get(records.size() - 1).value;
    }

    @Test
    void bytesOfNoKnownSchema() throws Exception {
        byte[] value = "nonsense".getBytes(StandardCharsets.UTF_8);

        take(List.of(new OutRecord(new byte[] {7}, value)));

        assertRefused(value, "not Avro single-object encoding: 8 bytes");
    }

    @Test
    void aChunkCutShort() throws Exception {
        byte[] whole = records(version(16)).get(0).value;
        byte[] value = Arrays.copyOf(whole, whole.length - 1);

        take(List.of(new OutRecord(null, value)));

        assertRefused(value, "malformed ModelChunk");
    }

    private void assertManifestRefused(Consumer<ModelManifest> change, String reason)
            throws Exception {
        List<OutRecord> records = records(version(16));
        AvroCodec<ModelManifest> codec = AvroCodec.of(ModelManifest.class);
        int last = records.size() - 1;
        ModelManifest manifest = codec.decode(records.get(last).value);
        change.accept(manifest);
        records.set(last, new OutRecord(records.get(last).key, codec.encode(manifest)));

        take(records);

        assertThat(assemble.extractOutputValues()).isEmpty();
        assertRefused(records.get(last).value, reason);
    }

    private void assertRefused(byte[] original, String reason) {
        assertThat(assemble.getSideOutput(SmallText.DEAD_LETTERS)).hasSize(1);
        OutRecord letter = assemble.getSideOutput(SmallText.DEAD_LETTERS).peek().getValue();
        assertThat(letter.value).isEqualTo(original);
        assertThat(headers(letter))
                .containsEntry("freshet.reason", "MODEL_REFUSED")
                .containsEntry("freshet.topic", "models")
                .containsEntry("freshet.partition", "0")
                .containsEntry("freshet.offset", String.valueOf(offset - 1));
        assertThat(headers(letter).get("freshet.detail")).contains(reason);
    }

    static Map<String, String> headers(OutRecord letter) {
        Map<String, String> headers = new HashMap<>();
        for (int i = 0; i < letter.headerNames.length; i++) {
            headers.put(
                    letter.headerNames[i],
                    new String(letter.headerValues[i], StandardCharsets.UTF_8));
        }
        return headers;
    }

    private void take(List<OutRecord> records) throws Exception {
        var decoder = new ModelRecordDecoder(MAX_AHEAD);
        for (OutRecord record : records) {
            assemble.processElement(
                    decoder.decode("models", 0, offset++, LOG_TIME, record.key, record.value), 0);
        }
    }

    /** Three chunks and a manifest. */
    private static List<OutRecord> records(ModelVersion version) throws Exception {
        var cut = new ModelChunksFunction(4);
        cut.open(null);
        List<OutRecord> records = new ArrayList<>();
        cut.flatMap(version, new ListCollector<>(records));
        return records;
    }

    static ModelVersion version(long number) {
        ModelVersion version = new ModelVersion();
        version.modelName = "small";
        version.version = number;
        version.parentVersion = number - 1;
        version.trainedThroughMillis = 100;
        version.completeThroughMillis = 100;
        version.learnedAppendTimeMillis = 90;
        version.kind = "language";
        version.formatVersion = 1;
        version.configuration = SmallText.setup().configuration();
        version.tokenizerHash = "ab";
        version.metadata = new HashMap<>(Map.of("engine", "none"));
        version.scoreBitsPerToken = 3.5;
        version.bytes = new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9};
        return version;
    }

    private static OneInputStreamOperatorTestHarness<ModelRecord, ModelVersion> harness()
            throws Exception {
        return new OneInputStreamOperatorTestHarness<>(
                new ProcessOperator<>(
                        new AssembleModelsFunction(SmallText.setup(), SmallText.DEAD_LETTERS)));
    }
}

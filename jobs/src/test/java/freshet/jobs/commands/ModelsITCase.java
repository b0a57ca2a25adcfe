package freshet.jobs.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import freshet.jobs.CommandFailure;
import freshet.jobs.EmbeddedKafka;
import freshet.jobs.KafkaAccess;
import freshet.jobs.models.ConfiguredModel;
import freshet.jobs.models.ModelVersions;
import freshet.jobs.models.StoredModels;
import freshet.jobs.models.WarmStarts;
import freshet.learners.ModelArtifact;
import freshet.learners.tensor.CounterRandom;
import freshet.learners.tensor.Weights;
import freshet.operators.ModelVersion;
import freshet.operators.PublishedForm;
import freshet.operators.WarmStart;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.flink.configuration.Configuration;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** {@code freshet models} against a broker; every test has a topic of its own. */
class ModelsITCase {

    /** Small chunks, so that a version has several. */
    private static final int CHUNK_BYTES = 100_000;

    @TempDir static Path brokerFolder;
    private static EmbeddedKafka broker;
    private static KafkaAccess kafka;

    @TempDir Path temp;
    private String topic;
    private Map<String, String> settings;
    private StoredModels stored;
    private PublishedForm form;

    @BeforeAll
    static void startBroker() {
        broker = EmbeddedKafka.start(brokerFolder.resolve("kafka"));
        kafka = new KafkaAccess(broker.bootstrapServers(), Map.of());
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @BeforeEach
    void makeTopic(TestInfo test) {
        topic = test.getTestMethod().orElseThrow().getName();
        kafka.createTopics(List.of(new NewTopic(topic, Optional.of(1), Optional.<Short>empty())));
        stored = new StoredModels(kafka, topic, problem -> {});
        settings = new TreeMap<>();
        settings.put("kafka.bootstrap-servers", broker.bootstrapServers());
        settings.put("kafka.topics.models", topic);
        settings.put("model.width", "16");
        settings.put("model.heads", "2");
        settings.put("model.layers", "1");
        form = ConfiguredModel.of(Configuration.fromMap(settings), "text").learner().published();
    }

    private ModelVersion write(long number) {
        var random = new CounterRandom(number, 0, 0);
        float[] weights = new float[form.layout().size()];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) random.nextGaussian();
        }
        var artifact =
                new ModelArtifact(
                        form.kind(),
                        form.formatVersion(),
                        form.configuration(),
                        number,
                        Map.of("engine", "none", "number", String.valueOf(number)),
                        Weights.toBytes(weights));
        ModelVersion version = ModelVersion.of("text", number, artifact);
        version.parentVersion = number - 16;
        version.trainedThroughMillis = 1_700_000_000_000L + number;
        version.completeThroughMillis = version.trainedThroughMillis;
        version.learnedAppendTimeMillis = version.trainedThroughMillis + 5;
        version.tokenizerHash = "abc";
        version.scoreBitsPerToken = 4.5;
        stored.write(version, CHUNK_BYTES, "");
        return version;
    }

    private Ended models(String... words) {
        List<String> args = new ArrayList<>(List.of("models"));
        args.addAll(List.of(words));
        settings.forEach((key, value) -> args.add("-D" + key + "=" + value));
        return Ended.of(args);
    }

    private String said(String... words) {
        Ended ended = models(words);
        assertThat(ended.err()).isEmpty();
        assertThat(ended.code()).isZero();
        return ended.out();
    }

    private String refused(String... words) {
        Ended ended = models(words);
        assertThat(ended.code()).isNotZero();
        assertThat(ended.err()).hasLineCount(1);
        return ended.err();
    }

    private List<Long> versions() {
        return stored.versions().all().stream()
                .map(ModelVersions.Version::key)
                .map(ModelVersions.Key::version)
                .toList();
    }

    @Test
    void withoutASubcommandVersionsAreListed() {
        write(16);
        write(32);
        assertThat(ageless(said()))
                .isEqualTo(ageless(said("list")))
                .contains("complete")
                .hasLineCount(3);
        assertThat(said("--limit", "1", "--json"))
                .isEqualTo(said("list", "--limit", "1", "--json"))
                .contains("\"version\":32")
                .hasLineCount(1);
        assertThat(refused("list", "--limit", "0")).contains("--limit is 0");
    }

    private static String ageless(String listed) {
        return listed.replaceAll(" +\\d+ (s|min) ", " ");
    }

    @Test
    void aVersionIsShownWithItsTensors() {
        write(16);
        ModelVersion newest = write(32);
        String shown = said("show", "newest");
        assertThat(shown)
                .isEqualTo(said("show", "32"))
                .contains("version            32", "parent             16")
                .contains("2023-11-14T22:13:20.032Z", "4.5000 bits per token")
                .contains(newest.configuration, newest.artifact().checksum(), "number = 32")
                .contains("embedding", "layer0.queryKeyValue                 16 x 48");
        assertThat(refused("show", "33")).contains("no version 33 of model text");
        assertThat(refused("show", "-1")).contains("must be a number from 0 or newest");
        settings.put("model.width", "32");
        assertThat(said("show", "32")).contains("the settings do not fit", "width=32");
    }

    @Test
    void theDifferenceOfTwoVersionsIsToldTensorByTensor() {
        ModelVersion first = write(16);
        float[] weights = Weights.fromBytes(first.bytes);
        int scale = form.layout().entry("outputScale").offset();
        weights[scale] *= 1.25f; // a single element: its change is a quarter of its norm
        ModelVersion second = ModelVersion.of("text", 17, first.artifact());
        second.bytes = Weights.toBytes(weights);
        second.metadata = Map.of("engine", "none", "number", "17");
        second.parentVersion = 16;
        second.tokenizerHash = "abc";
        stored.write(second, CHUNK_BYTES, "");
        List<String> lines = said("diff", "16", "17").lines().toList();
        assertThat(lines)
                .anyMatch(line -> line.matches("outputScale +1 +25\\.000 % .*"))
                .anyMatch(line -> line.matches("embedding +\\d+ x 16 +0\\.000 % +0\\.0+"))
                .contains("metadata.number: 16 -> 17", "version: 16 -> 17");
    }

    @Test
    void whatIsExportedIsImportedAsAVersionOfItsOwn() throws Exception {
        ModelVersion version = write(32);
        write(48);
        Path file = temp.resolve("v32.safetensors");
        said("export", "32", "--to", file.toString());
        assertThat(refused("export", "32", "--to", file.toString())).contains("is there already");
        // As Python reads it: header length, header, little-endian floats in the layout's order.
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        byte[] header = new byte[(int) bytes.getLong()];
        bytes.get(header);
        assertThat(new String(header, StandardCharsets.UTF_8))
                .contains("\"trainedThrough\":\"1700000000032\"", "\"metadata.number\":\"32\"")
                .contains("\"outputScale\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[");
        assertThat(bytes.getFloat()).isEqualTo(Weights.fromBytes(version.bytes)[0]);

        assertThat(said("import", file.toString(), "--model", "text"))
                .contains("version 49 of text", "parent 32", "one above the newest, 48");
        var imported = stored.load("text", 49);
        assertThat(imported.bytes()).isEqualTo(version.bytes);
        assertThat(imported.manifest().getParentVersion()).isEqualTo(32);
        assertThat(imported.manifest().getTrainedThrough()).isEqualTo(1_700_000_000_032L);
        assertThat(imported.manifest().getMetadata())
                .containsEntry("number", "32")
                .containsEntry("imported.from", "v32.safetensors");
    }

    @Test
    void aFileThatDoesNotFitIsRefusedInOneLine() throws Exception {
        write(32);
        Path file = temp.resolve("v32.safetensors");
        said("export", "32", "--to", file.toString());
        byte[] bytes = Files.readAllBytes(file);
        settings.put("model.width", "32");
        assertThat(refused("import", file.toString())).contains("width=16", "width=32");
        settings.put("model.width", "16");
        assertThat(refused("import", file.toString(), "--model", "other"))
                .contains("the settings have no model other");
        assertThat(changed(bytes, "outputScale", "outputScalf"))
                .contains("tensor outputScale is missing");
        assertThat(changed(bytes, "\"shape\":[1]", "\"shape\":[ ]"))
                .contains("outputScale has shape [], must have [1]");
        assertThat(changed(bytes, "\"kind\":\"language\"", "\"kind\":\"languagf\""))
                .contains("kind is [languagf], the model of these settings has [language]");
        assertThat(changed(bytes, "\"trainedThrough\":\"17", "\"trainedThrough\":\"x7"))
                .contains("trainedThrough is x7");
        byte[] notFinite = bytes.clone();
        ByteBuffer.wrap(notFinite)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putFloat(notFinite.length - Float.BYTES, Float.NaN);
        Files.write(file, notFinite);
        assertThat(refused("import", file.toString())).contains("is NaN");
        assertThat(refused("import", temp.resolve("none").toString())).contains("does not exist");
        assertThat(versions()).containsExactly(32L);
    }

    private String changed(byte[] file, String from, String to) throws Exception {
        assertThat(to).hasSameSizeAs(from);
        String text = new String(file, StandardCharsets.ISO_8859_1);
        assertThat(text).contains(from);
        Path path = temp.resolve("changed.safetensors");
        Files.write(path, text.replace(from, to).getBytes(StandardCharsets.ISO_8859_1));
        return refused("import", path.toString());
    }

    @Test
    void oldVersionsAreRetiredAndTheNewestNever() {
        for (long number = 16; number <= 80; number += 16) {
            write(number);
        }
        assertThat(said("prune", "--keep", "2", "--dry-run")).contains("would retire 3 versions");
        assertThat(versions()).containsExactly(80L, 64L, 48L, 32L, 16L);
        assertThat(said("prune", "--keep", "1", "--older-than", "1d")).contains("retired 0 ");
        assertThat(said("prune", "--keep", "2")).contains("retired 3 versions", "16 to 48");
        assertThat(versions()).containsExactly(80L, 64L);
        assertThat(refused("show", "48")).contains("no version 48");
        assertThat(said("prune", "--older-than", "0s")).contains("retired 1 versions");
        assertThat(said("prune", "--older-than", "0s")).contains("retired 0 versions");
        assertThat(said("show", "newest")).contains("version            80");
        assertThat(refused("prune")).contains("--keep or --older-than is missing");
        assertThat(refused("prune", "--keep", "0")).contains("--keep is 0");
        assertThat(refused("prune", "--older-than", "old")).contains("--older-than is old");
    }

    @Test
    void aNewLearnerFindsWhatItIsToBeginWith() throws Exception {
        write(16);
        ModelVersion newest = write(32);
        Path file = temp.resolve("v16.safetensors");
        said("export", "16", "--to", file.toString());
        assertThat(start(form)).isEmpty();
        settings.put("learning.start-from", file.toString());
        WarmStart fromFile = start(form).orElseThrow();
        assertThat(fromFile.version()).isEqualTo(WarmStart.ELSEWHERE);
        assertThat(fromFile.trainedThroughMillis()).isEqualTo(1_700_000_000_016L);
        settings.put("learning.start-from", "models");
        WarmStart fromTopic = start(form).orElseThrow();
        assertThat(fromTopic.version()).isEqualTo(32);
        assertThat(fromTopic.artifact().bytes()).isEqualTo(newest.bytes);

        settings.put("model.width", "32");
        PublishedForm wider =
                ConfiguredModel.of(Configuration.fromMap(settings), "text").learner().published();
        assertThatThrownBy(() -> start(wider))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContainingAll("learning.start-from", "version 32", "width=32");
        settings.put("learning.start-from", file.toString());
        assertThatThrownBy(() -> start(wider))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContainingAll("learning.start-from", "v16", "width=16", "width=32")
                .satisfies(wrong -> assertThat(wrong.getMessage()).hasLineCount(1));
    }

    @Test
    void whatIsImportedIsSignedAndOnlyWhatIsTrustedIsLearnedFrom() throws Exception {
        KeyPair keys = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        write(16);
        Path file = temp.resolve("v16.safetensors");
        said("export", "16", "--to", file.toString());
        settings.put("learning.start-from", "models");
        settings.put("signing.trusted-key-file", pem("PUBLIC KEY", keys.getPublic().getEncoded()));
        assertThatThrownBy(() -> start(form)).hasMessageContaining("version 16 is not signed");
        settings.put("signing.key-file", pem("PRIVATE KEY", keys.getPrivate().getEncoded()));
        said("import", file.toString());
        assertThat(start(form).orElseThrow().version()).isEqualTo(17);
    }

    private String pem(String kind, byte[] key) throws Exception {
        String text =
                "-----BEGIN %s-----\n%s\n-----END %s-----\n"
                        .formatted(kind, Base64.getEncoder().encodeToString(key), kind);
        return Files.writeString(temp.resolve(kind), text).toString();
    }

    private Optional<WarmStart> start(PublishedForm of) {
        return WarmStarts.of(Configuration.fromMap(settings), "text", of);
    }

    @Test
    void rollbackIsTheOrderToRewind() {
        settings.put("kafka.topics.control", topic);
        Ended ended = models("rollback", "640", "--dry-run", "--wait=0");
        assertThat(ended.err()).isEmpty();
        assertThat(ended.out()).contains("rewind in topic " + topic, "for the learner of text");
        assertThat(refused("rollback", "old")).contains("version is old");
    }

    @Test
    void promoteAndRollbackOfWhatIsServedAreOrdersToPredictors() {
        settings.put("kafka.topics.control", topic);
        assertThat(said("promote", "640", "--wait=0"))
                .contains("promote in topic " + topic, "for the predictors of text");
        assertThat(said("rollback", "624", "--served", "--wait=0"))
                .contains("rollback in topic " + topic, "for the predictors of text");
        assertThat(refused("promote", "newest")).contains("version is newest");
    }
}

package freshet.operators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import freshet.schemas.AvroCodec;
import freshet.schemas.ModelManifest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may publish a version: the way from the learner's key to the predictor's. */
class ManifestSignatureTest {

    @TempDir Path folder;

    private KeyPair learner;
    private KeyPair stranger;

    @BeforeEach
    void makeKeys() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("Ed25519");
        learner = generator.generateKeyPair();
        stranger = generator.generateKeyPair();
    }

    @Test
    void whatWasSignedIsTrusted() {
        ModelManifest signed = ManifestSignature.sign(manifest(), learner.getPrivate());
        assertThat(ManifestSignature.problem(signed, List.of(learner.getPublic()))).isEmpty();
        assertThat(
                        ManifestSignature.problem(
                                signed, List.of(stranger.getPublic(), learner.getPublic())))
                .isEmpty();
    }

    /** Over all fields of the schema, also those that are yet to come. */
    @Test
    void aChangeOfAnyFieldIsFound() {
        ModelManifest signed = ManifestSignature.sign(manifest(), learner.getPrivate());
        for (Schema.Field field : ModelManifest.getClassSchema().getFields()) {
            ModelManifest changed = ModelManifest.newBuilder(signed).build();
            Object value = changed.get(field.pos());
            changed.put(
                    field.pos(),
                    switch (field.schema().getType()) {
                        case STRING -> value + "x";
                        case LONG -> (long) value + 1;
                        case INT -> (int) value + 1;
                        case DOUBLE -> Math.nextUp((double) value);
                        case MAP -> with(signed.getMetadata(), "engine", "other");
                        default -> throw new AssertionError("how is " + field + " changed?");
                    });
            assertThat(ManifestSignature.problem(changed, List.of(learner.getPublic())))
                    .as(field.name())
                    .isPresent();
        }
    }

    @Test
    void whatIsNoSignatureIsRefusedAsOne() {
        for (String text : List.of("", "not Base64!", "AAAA")) {
            ModelManifest manifest = manifest();
            manifest.setMetadata(with(manifest.getMetadata(), ManifestSignature.KEY, text));
            assertThat(ManifestSignature.problem(manifest, List.of(learner.getPublic())))
                    .hasValue("version 16 is not signed by a trusted key, or was changed");
        }
    }

    @Test
    void onlyWhatTheLearnerSignedIsServed() throws Exception {
        Path trusted = write("trusted.pem", "PUBLIC KEY", learner.getPublic());
        var decoder = new ModelRecordDecoder(1_000, trusted.toString());
        decoder.open();
        try (var assemble =
                new OneInputStreamOperatorTestHarness<>(
                        new ProcessOperator<>(
                                new AssembleModelsFunction(
                                        SmallText.setup(), SmallText.DEAD_LETTERS)))) {
            assemble.open();
            List<OutRecord> records = new ArrayList<>();
            records.addAll(published(1, learner));
            records.addAll(published(2, null));
            records.addAll(published(3, stranger));
            records.addAll(published(4, learner));
            long offset = 0;
            for (OutRecord record : records) {
                assemble.processElement(
                        decoder.decode("models", 0, offset++, 5, record.key, record.value), 0);
            }

            assertThat(assemble.extractOutputValues())
                    .extracting(version -> version.version)
                    .containsExactly(1L, 4L);
            assertThat(assemble.getSideOutput(SmallText.DEAD_LETTERS))
                    .extracting(letter -> BadModelsTest.headers(letter.getValue()).toString())
                    .satisfiesExactly(
                            first -> assertThat(first).contains("version 2 is not signed"),
                            second ->
                                    assertThat(second)
                                            .contains("version 3 is not signed by a trusted key"));
        }
    }

    @Test
    void aFileThatHoldsNoKeyIsNamedAndNotQuoted() throws Exception {
        Path other = Files.writeString(folder.resolve("key"), "a secret by mistake");
        assertThatThrownBy(() -> ManifestSignature.privateKey(other))
                .hasMessage("key file %s holds no private key of Ed25519 in PEM", other)
                .hasNoCause();
        assertThatThrownBy(() -> ManifestSignature.publicKeys(folder.resolve("none")))
                .hasMessageContaining("cannot be read");
        Path wrongKind = write("public.pem", "PUBLIC KEY", learner.getPublic());
        assertThatThrownBy(() -> ManifestSignature.privateKey(wrongKind))
                .hasMessageContaining("no private key");
    }

    /** As the learner publishes it: cut into chunks, then signed, unless {@code signer} is null. */
    private List<OutRecord> published(long number, KeyPair signer) throws Exception {
        ModelVersion version = BadModelsTest.version(number);
        List<OutRecord> records = new ArrayList<>();
        var cut = new ModelChunksFunction(4);
        cut.open(null);
        cut.flatMap(version, new ListCollector<>(records));
        if (signer == null) {
            return records;
        }
        Path file = write(number + ".pem", "PRIVATE KEY", signer.getPrivate());
        var sign = new SignManifestsFunction(file.toString());
        sign.open(null);
        List<OutRecord> signed = new ArrayList<>();
        for (OutRecord record : records) {
            signed.add(sign.map(record));
        }
        assertThat(signed.subList(0, 3)).isEqualTo(records.subList(0, 3)); // chunks pass
        return signed;
    }

    private Path write(String name, String kind, Key key) throws Exception {
        String text =
                "-----BEGIN %s-----\n%s\n-----END %s-----\n"
                        .formatted(
                                kind,
                                Base64.getMimeEncoder().encodeToString(key.getEncoded()),
                                kind);
        return Files.writeString(folder.resolve(name), text, StandardCharsets.US_ASCII);
    }

    private static Map<String, String> with(Map<String, String> map, String key, String value) {
        Map<String, String> changed = new HashMap<>(map);
        changed.put(key, value);
        return changed;
    }

    private static ModelManifest manifest() {
        try {
            List<OutRecord> records = new ArrayList<>();
            var cut = new ModelChunksFunction(4);
            cut.open(null);
            cut.flatMap(BadModelsTest.version(16), new ListCollector<>(records));
            return AvroCodec.of(ModelManifest.class).decode(records.get(3).value);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}

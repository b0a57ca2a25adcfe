package freshet.operators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import freshet.learners.tensor.Weights;
import freshet.schemas.AvroCodec;
import freshet.schemas.TextPrediction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;

/** Many learners in one operator: each as if it were alone, whatever becomes of the others. */
class ManyLearnersTest {

    private static final ManyLearnersConfig THREE_LIVE = new ManyLearnersConfig(3, 2);

    /** Texts of so many tenants, in turn; each of some 14 tokens. */
    private static List<TextRecord> texts(int tenants, int each) {
        List<TextRecord> texts = new ArrayList<>();
        for (int i = 0; i < each; i++) {
            for (int tenant = 0; tenant < tenants; tenant++) {
                texts.add(text("tenant" + tenant, i));
            }
        }
        return texts;
    }

    private static TextRecord text(String source, int sequence) {
        String words =
                "the water of %s turns the wheel and runs on over stones %d"
                        .formatted(source, sequence * 7 % 11);
        return SmallText.record(source, sequence, 1000 + sequence, words);
    }

    private static String header(OutRecord letter, String name) {
        int at = List.of(letter.headerNames).lastIndexOf(name);
        return at < 0 ? null : new String(letter.headerValues[at], StandardCharsets.UTF_8);
    }

    @Test
    void eachLearnsWhatItWouldAlone() throws Exception {
        List<TextRecord> texts = texts(7, 12);
        try (var many = new ManyBranch(SmallText.setup(), THREE_LIVE, 1, null)) {
            many.learn(texts);
            many.end();
            Map<String, List<ModelVersion>> versions = many.versions();
            assertThat(versions).hasSize(7);
            for (String name : List.of("tenant0", "tenant6")) {
                List<ModelVersion> alone =
                        LearnBranch.versionsOf(
                                texts.stream().filter(one -> one.source.equals(name)).toList());
                alone.forEach(version -> version.modelName = name);
                assertThat(versions.get(name))
                        .usingRecursiveComparison()
                        .ignoringFields("scoreBitsPerToken") // NaN, which equals nothing
                        .isEqualTo(alone);
            }
        }
    }

    /** Sixty tenants; the weights of one become NaN, and later its learner fails. */
    @Test
    void oneWithoutFiniteWeightsHarmsNobody() throws Exception {
        var setup = new PoisonedSetup(SmallText.setup());
        var limits = new ManyLearnersConfig(20, 2);
        List<TextRecord> healthy = texts(59, 2);
        Map<String, String> undisturbed;
        try (var many = new ManyBranch(setup, limits, 1, null)) {
            many.learn(healthy);
            many.end();
            undisturbed = many.hashes();
        }
        List<TextRecord> all = new ArrayList<>(healthy);
        for (int i = 0; i < 8; i++) {
            all.add((i + 1) * 12, text(PoisonedSetup.POISON, i));
        }
        try (var many = new ManyBranch(setup, limits, 1, null)) {
            many.learn(all);
            many.end();
            Map<String, String> disturbed = new TreeMap<>(many.hashes());
            assertThat(disturbed.remove(PoisonedSetup.POISON)).isNotNull();
            assertThat(disturbed).hasSize(59).isEqualTo(undisturbed);

            List<OutRecord> letters = many.deadLetters();
            assertThat(letters)
                    .extracting(one -> header(one, "freshet.model"))
                    .containsOnly(PoisonedSetup.POISON);
            assertThat(letters)
                    .extracting(one -> header(one, "freshet.detail"))
                    .anyMatch(detail -> detail.startsWith("loss is NaN"))
                    .anyMatch(detail -> detail.contains("a fault that nobody has thought of"));
            List<ModelVersion> versions = many.versions().get(PoisonedSetup.POISON);
            for (ModelVersion version : versions) {
                for (float weight : Weights.fromBytes(version.bytes)) {
                    assertThat(weight).isFinite();
                }
            }
            // It went back and learns again: the last weights are not those it went back to.
            assertThat(versions.get(versions.size() - 1).bytes).isNotEqualTo(versions.get(0).bytes);
        }
    }

    @Test
    void goesOnFromACheckpointWithTheSameBitsAtAnotherParallelism() throws Exception {
        List<TextRecord> texts = texts(9, 10);
        Map<String, String> undisturbed;
        Map<String, List<byte[]>> answers = new TreeMap<>();
        try (var many = new ManyBranch(SmallText.setup(), THREE_LIVE, 1, null)) {
            many.learn(texts);
            many.end();
            undisturbed = many.hashes();
            collect(many, answers);
        }
        int half = 41; // in the middle of the tenants
        for (int[] parallelism : new int[][] {{1, 1}, {1, 3}, {3, 2}}) {
            Map<String, List<byte[]>> again = new TreeMap<>();
            List<OperatorSubtaskState> checkpoint;
            try (var many = new ManyBranch(SmallText.setup(), THREE_LIVE, parallelism[0], null)) {
                many.learn(texts.subList(0, half));
                checkpoint = many.checkpoint();
                collect(many, again);
                many.learn(texts.subList(half, half + 20)); // lost
            }
            try (var many =
                    new ManyBranch(SmallText.setup(), THREE_LIVE, parallelism[1], checkpoint)) {
                many.learn(texts.subList(half, texts.size()));
                many.end();
                assertThat(many.hashes()).isEqualTo(undisturbed);
                collect(many, again);
            }
            assertThat(again).usingRecursiveComparison().isEqualTo(answers);
        }
    }

    /** As Flink ends a stream again that goes on from a checkpoint taken after its end. */
    @Test
    void endsAgainWithTheSameVersions() throws Exception {
        Map<String, byte[]> ended;
        List<OperatorSubtaskState> checkpoint;
        try (var many = new ManyBranch(SmallText.setup(), THREE_LIVE, 1, null)) {
            many.learn(texts(5, 11));
            many.end();
            checkpoint = many.checkpoint();
            assertThat(many.lastVersions().values())
                    .extracting(version -> version.scoreBitsPerToken)
                    .doesNotContain(Double.NaN);
            ended = manifests(many);
        }
        try (var many = new ManyBranch(SmallText.setup(), THREE_LIVE, 1, checkpoint)) {
            many.end();
            assertThat(manifests(many)).usingRecursiveComparison().isEqualTo(ended);
        }
        try (var many = new ManyBranch(SmallText.setup(), THREE_LIVE, 1, checkpoint)) {
            List<TextRecord> more = texts(5, 22);
            many.learn(more.subList(55, 110));
            many.end();
            many.lastVersions()
                    .forEach(
                            (name, version) ->
                                    assertThat(version.version)
                                            .as(name)
                                            .isGreaterThan(version.parentVersion));
            assertThat(manifests(many).get("tenant0")).isNotEqualTo(ended.get("tenant0"));
        }
    }

    private static Map<String, byte[]> manifests(ManyBranch many) throws Exception {
        Map<String, byte[]> manifests = new TreeMap<>();
        var chunks = new ModelChunksFunction(1 << 20);
        chunks.open(null);
        for (ModelVersion version : many.lastVersions().values()) {
            List<OutRecord> out = new ArrayList<>();
            chunks.flatMap(version, new ListCollector<>(out));
            manifests.put(version.modelName, out.get(out.size() - 1).value);
        }
        return manifests;
    }

    private static void collect(ManyBranch many, Map<String, List<byte[]>> answers)
            throws Exception {
        AvroCodec<TextPrediction> codec = AvroCodec.of(TextPrediction.class);
        for (OutRecord prediction : many.predictions()) {
            String model = codec.decode(prediction.value).getModelName();
            answers.computeIfAbsent(model, name -> new ArrayList<>()).add(prediction.value);
        }
    }

    @Test
    void aTextIsAnsweredBeforeItIsLearnedAndFewerBitsAreNeededInTime() throws Exception {
        AvroCodec<TextPrediction> codec = AvroCodec.of(TextPrediction.class);
        try (var many = new ManyBranch(SmallText.setup(), THREE_LIVE, 1, null)) {
            many.learn(texts(4, 30));
            TextRecord question = text("tenant2", 0);
            question.learn = false;
            many.learn(List.of(question));
            List<TextPrediction> answers = new ArrayList<>();
            for (OutRecord prediction : many.predictions()) {
                answers.add(codec.decode(prediction.value));
            }
            assertThat(answers).hasSize(121);
            assertThat(answers.subList(0, 120)).allMatch(TextPrediction::getIsTest);
            TextPrediction first = answers.get(2);
            TextPrediction last = answers.get(120);
            assertThat(first.getModelVersion()).isZero();
            // Untrained weights know nothing: each token costs the logarithm of the vocabulary.
            int tokens = first.getBitsPerToken().size();
            double even = tokens * Math.log(SmallText.setup().model().vocabulary()) / Math.log(2);
            assertThat(first.getBitsAll()).isCloseTo(even, withinPercentage(2));
            assertThat(last.getModelName()).isEqualTo("tenant2");
            assertThat(last.getBitsAll()).isLessThan(even / 2);
            assertThat(last.getIsTest()).isFalse(); // it was learned long ago
            assertThat(last.getNextTokens()).hasSize(5);
        }
    }

    @Test
    void aRepeatedTextIsNotLearnedAgain() throws Exception {
        List<TextRecord> texts = texts(2, 10);
        Map<String, String> once;
        try (var many = new ManyBranch(SmallText.setup(), THREE_LIVE, 1, null)) {
            many.learn(texts);
            many.end();
            once = many.hashes();
        }
        try (var many = new ManyBranch(SmallText.setup(), THREE_LIVE, 1, null)) {
            many.learn(texts);
            many.learn(texts.subList(0, 6));
            many.end();
            assertThat(many.hashes()).isEqualTo(once);
            assertThat(many.deadLetters())
                    .hasSize(6)
                    .allMatch(one -> header(one, "freshet.reason").equals("REPEATED"));
        }
    }
}

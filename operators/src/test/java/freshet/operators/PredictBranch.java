package freshet.operators;

import freshet.schemas.AvroCodec;
import freshet.schemas.TextPrediction;
import freshet.schemas.UndecodableRecordException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.storage.JobManagerCheckpointStorage;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.api.operators.co.CoBroadcastWithNonKeyedOperator;
import org.apache.flink.streaming.api.operators.co.CoProcessOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.TwoInputStreamOperatorTestHarness;

/**
 * The whole predict branch in harnesses, as {@code TextPipeline} connects it: sequence, encode,
 * remember (at a parallelism of its own), mix. Every record runs through to the end before the next
 * is taken.
 */
final class PredictBranch implements AutoCloseable {

    private static final int MAX_PARALLELISM = 128;

    /** One checkpoint of every operator. */
    record Checkpoint(
            OperatorSubtaskState sequence,
            OperatorSubtaskState encode,
            List<OperatorSubtaskState> remember,
            OperatorSubtaskState mix) {}

    private final OneInputStreamOperatorTestHarness<TextRecord, SequencedText> sequence;
    private final TwoInputStreamOperatorTestHarness<SequencedText, ModelVersion, EncodedText>
            encode;
    private final List<KeyedOneInputStreamOperatorTestHarness<Integer, MemoryRequest, ShardAnswer>>
            remember = new ArrayList<>();
    private final TwoInputStreamOperatorTestHarness<EncodedText, ShardAnswer, OutRecord> mix;
    private final MemoryRequestsFunction requests =
            new MemoryRequestsFunction(SmallText.MEMORY.shards(), MAX_PARALLELISM);

    PredictBranch(ServingConfig serving, int parallelism) throws Exception {
        this(serving, parallelism, null);
    }

    /** Goes on from a checkpoint; null: from the start. */
    PredictBranch(ServingConfig serving, int parallelism, Checkpoint from) throws Exception {
        TextSetup setup = SmallText.setup();
        sequence =
                new OneInputStreamOperatorTestHarness<>(
                        new ProcessOperator<>(
                                new SequenceFunction(
                                        setup::newTokenizer,
                                        setup.model().window(),
                                        setup.maxSources())));
        encode =
                new TwoInputStreamOperatorTestHarness<>(
                        new CoBroadcastWithNonKeyedOperator<>(
                                new EncodeFunction(setup, serving),
                                List.of(EncodeFunction.VERSIONS)));
        mix =
                new TwoInputStreamOperatorTestHarness<>(
                        new CoProcessOperator<>(
                                new MixFunction(
                                        setup, SmallText.MEMORY, serving, SmallText.TELEMETRY)));
        for (int subtask = 0; subtask < parallelism; subtask++) {
            remember.add(
                    new KeyedOneInputStreamOperatorTestHarness<>(
                            new MemoryOperator(setup, SmallText.MEMORY),
                            request -> request.shardKey,
                            Types.INT,
                            MAX_PARALLELISM,
                            parallelism,
                            subtask));
        }
        // The mixture's weights alone take 31 MB, above the harness's limit of 5.
        mix.setCheckpointStorage(new JobManagerCheckpointStorage(64 << 20));
        encode.setCheckpointStorage(new JobManagerCheckpointStorage(64 << 20));
        if (from != null) {
            sequence.initializeState(from.sequence());
            encode.initializeState(from.encode());
            mix.initializeState(from.mix());
            for (int subtask = 0; subtask < parallelism; subtask++) {
                remember.get(subtask).initializeState(from.remember().get(subtask));
            }
        }
        sequence.open();
        encode.open();
        mix.open();
        for (var subtask : remember) {
            subtask.open();
        }
    }

    void take(ModelVersion version) throws Exception {
        encode.processElement2(version, 0);
        pass();
    }

    void take(TextRecord record) throws Exception {
        sequence.processElement(record, record.eventTimeMillis);
        for (SequencedText text : taken(sequence)) {
            encode.processElement1(text, text.eventTimeMillis);
        }
        pass();
    }

    /** What the language model has answered goes on through memory and mixture. */
    private void pass() throws Exception {
        for (EncodedText text : encode.extractOutputValues()) {
            mix.processElement1(text, 0);
            List<MemoryRequest> asked = new ArrayList<>();
            requests.flatMap(text, new ListCollector<>(asked));
            for (MemoryRequest request : asked) {
                int subtask =
                        KeyGroupRangeAssignment.assignKeyToParallelOperator(
                                request.shardKey, MAX_PARALLELISM, remember.size());
                var shard = remember.get(subtask);
                shard.processElement(request, 0);
                for (ShardAnswer answer : taken(shard)) {
                    mix.processElement2(answer, 0);
                }
            }
        }
        encode.getOutput().clear();
    }

    private static <T> List<T> taken(OneInputStreamOperatorTestHarness<?, T> harness) {
        List<T> values = harness.extractOutputValues();
        harness.getOutput().clear();
        return values;
    }

    /** As hex, in the order of the stream. */
    List<String> predictionBytes() {
        List<String> bytes = new ArrayList<>();
        for (OutRecord record : mix.extractOutputValues()) {
            bytes.add(HexFormat.of().formatHex(record.value));
        }
        return bytes;
    }

    List<TextPrediction> predictions() throws UndecodableRecordException {
        AvroCodec<TextPrediction> codec = AvroCodec.of(TextPrediction.class);
        List<TextPrediction> predictions = new ArrayList<>();
        for (String bytes : predictionBytes()) {
            predictions.add(codec.decode(HexFormat.of().parseHex(bytes)));
        }
        return predictions;
    }

    Checkpoint checkpoint() throws Exception {
        List<OperatorSubtaskState> memory = new ArrayList<>();
        for (var subtask : remember) {
            memory.add(subtask.snapshot(1, 0));
        }
        return new Checkpoint(
                sequence.snapshot(1, 0), encode.snapshot(1, 0), memory, mix.snapshot(1, 0));
    }

    @Override
    public void close() throws Exception {
        sequence.close();
        encode.close();
        mix.close();
        for (var subtask : remember) {
            subtask.close();
        }
    }
}

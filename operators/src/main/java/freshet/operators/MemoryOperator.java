package freshet.operators;

import freshet.learners.memory.MemoryAnswer;
import freshet.learners.memory.MemoryConfig;
import freshet.learners.memory.MemoryRecord;
import freshet.learners.memory.MemoryShard;
import freshet.learners.memory.TextSearch;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * The memory's virtual shards, keyed by shard: each answers texts in their single order and then
 * adds its share of them. The number of shards is fixed, so any parallelism gives the same answers.
 *
 * <p>An operator and not a function, because the shards live as objects (with native memory)
 * between records and only the pages that changed are written to keyed state when a checkpoint is
 * taken: a function cannot choose the key there.
 *
 * <p>State per shard: its pages (bounded by the memory's capacity and table sizes), the number of
 * the next text, and texts that overtook others on parallel ways (bounded by what is between two
 * operators).
 */
public final class MemoryOperator extends AbstractStreamOperator<ShardAnswer>
        implements OneInputStreamOperator<MemoryRequest, ShardAnswer> {

    private static final long serialVersionUID = 1;

    private final TextSetup setup;
    private final MemoryConfig memory;

    private transient MapState<Integer, byte[]> pages;
    private transient ValueState<Long> next;
    private transient MapState<Long, MemoryRequest> early;
    private transient Map<Integer, MemoryShard> shards;
    private transient TextSearch search; // saves work and changes no answer, so is no state
    private transient long searched; // the text it is for

    public MemoryOperator(TextSetup setup, MemoryConfig memory) {
        this.setup = setup;
        this.memory = memory;
    }

    @Override
    public void open() throws Exception {
        super.open();
        shards = new TreeMap<>();
        pages =
                getRuntimeContext()
                        .getMapState(
                                new MapStateDescriptor<>(
                                        "pages",
                                        Types.INT,
                                        PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
        next = getRuntimeContext().getState(new ValueStateDescriptor<>("next", Types.LONG));
        early =
                getRuntimeContext()
                        .getMapState(
                                new MapStateDescriptor<>(
                                        "early", Types.LONG, Types.POJO(MemoryRequest.class)));
    }

    @Override
    public void processElement(StreamRecord<MemoryRequest> element) throws Exception {
        MemoryRequest request = element.getValue();
        long expected = next.value() == null ? 0 : next.value();
        if (request.ordinal > expected) {
            early.put(request.ordinal, request);
            return;
        }
        if (request.ordinal < expected) {
            throw new IllegalStateException(
                    "text %d came to shard %d twice".formatted(request.ordinal, request.shard));
        }
        MemoryShard shard = shard(request);
        while (request != null) {
            answer(shard, request);
            expected++;
            request = early.get(expected);
            early.remove(expected);
        }
        next.update(expected);
    }

    private void answer(MemoryShard shard, MemoryRequest request) {
        MemoryAnswer answer = shard.answerThenInsert(search(request));
        ShardAnswer out = new ShardAnswer();
        out.shard = request.shard;
        out.ordinal = request.ordinal;
        out.answer = answer.toBytes();
        output.collect(new StreamRecord<>(out));
    }

    /** The search that another shard of this task left for the same text, or a new one. */
    private TextSearch search(MemoryRequest request) {
        if (search == null || searched != request.ordinal) {
            searched = request.ordinal;
            search =
                    new TextSearch(
                            new MemoryRecord(
                                    request.context,
                                    request.tokens,
                                    request.keys,
                                    request.modelVersion,
                                    request.firstPosition,
                                    request.candidates,
                                    request.memorise),
                            memory);
        }
        return search;
    }

    /** The live shard, brought back from its pages at its first text after a restart. */
    private MemoryShard shard(MemoryRequest request) throws Exception {
        MemoryShard shard = shards.get(request.shardKey);
        if (shard == null) {
            shard =
                    new MemoryShard(
                            request.shard, memory, setup.startEngine(), setup.vocabularyTree());
            var kept = new TreeMap<Integer, byte[]>();
            for (Map.Entry<Integer, byte[]> page : pages.entries()) {
                kept.put(page.getKey(), page.getValue());
            }
            if (!kept.isEmpty()) {
                shard.restore(kept);
            }
            shards.put(request.shardKey, shard);
        }
        return shard;
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        for (Map.Entry<Integer, MemoryShard> shard : shards.entrySet()) {
            setCurrentKey(shard.getKey());
            for (Map.Entry<Integer, byte[]> page : shard.getValue().changedPages().entrySet()) {
                pages.put(page.getKey(), page.getValue());
            }
        }
    }

    @Override
    public void close() throws Exception {
        if (shards != null) {
            shards.values().forEach(MemoryShard::close);
        }
        super.close();
    }
}

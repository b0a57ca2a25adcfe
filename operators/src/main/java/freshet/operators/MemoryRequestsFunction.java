package freshet.operators;

import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.util.Collector;

/** Sends every scored text to all virtual shards of the memory. */
public final class MemoryRequestsFunction implements FlatMapFunction<EncodedText, MemoryRequest> {

    private final int[] shardKeys;

    public MemoryRequestsFunction(int shards, int maxParallelism) {
        this.shardKeys = ShardKeys.of(shards, maxParallelism);
    }

    @Override
    public void flatMap(EncodedText encoded, Collector<MemoryRequest> out) {
        for (int shard = 0; shard < shardKeys.length; shard++) {
            MemoryRequest request = new MemoryRequest();
            request.shardKey = shardKeys[shard];
            request.shard = shard;
            request.ordinal = encoded.text.ordinal;
            request.context = encoded.text.context;
            request.tokens = encoded.text.tokens;
            request.keys = encoded.keys;
            request.modelVersion = encoded.modelVersion;
            request.firstPosition = encoded.text.firstPosition;
            request.candidates = encoded.candidates;
            request.memorise = encoded.text.learn;
            out.collect(request);
        }
    }
}

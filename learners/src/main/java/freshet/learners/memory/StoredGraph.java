package freshet.learners.memory;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.util.ArrayUtil;
import org.apache.lucene.util.hnsw.HnswGraph;

/**
 * A complete graph as arrays: a third of the memory of one that grows. A search follows the same
 * links in the same order, so finds the same.
 */
final class StoredGraph extends HnswGraph {

    /**
     * One layer.
     *
     * @param nodes ascending; on the lowest layer all, in which case it is empty
     * @param start {@code [nodes + 1]} where in {@code links} those of each node begin
     * @param links the nodes that each is linked to
     */
    private record Layer(int[] nodes, int[] start, int[] links) {

        int index(int node) {
            return nodes.length == 0 ? node : Arrays.binarySearch(nodes, node);
        }

        int ints() {
            return 3 + nodes.length + start.length + links.length;
        }
    }

    private static final int MOST_LINKS = 2 * KeyGraph.LINKS + 1;

    private final int size;
    private final int entry;
    private final Layer[] layers;
    private Layer layer; // where the walk is
    private int at;
    private int end;

    private StoredGraph(int size, int entry, Layer[] layers) {
        this.size = size;
        this.entry = entry;
        this.layers = layers;
    }

    static StoredGraph of(HnswGraph graph) throws IOException {
        Layer[] layers = new Layer[graph.numLevels()];
        for (int level = 0; level < layers.length; level++) {
            int[] nodes = NodesIterator.getSortedNodes(graph.getNodesOnLevel(level));
            int[] start = new int[nodes.length + 1];
            int[] links = new int[nodes.length * KeyGraph.LINKS];
            for (int i = 0; i < nodes.length; i++) {
                int count = start[i];
                links = ArrayUtil.grow(links, count + MOST_LINKS);
                graph.seek(level, nodes[i]);
                for (int to = graph.nextNeighbor();
                        to != DocIdSetIterator.NO_MORE_DOCS;
                        to = graph.nextNeighbor()) {
                    links[count++] = to;
                }
                start[i + 1] = count;
            }
            layers[level] =
                    new Layer(
                            level == 0 ? new int[0] : nodes,
                            start,
                            Arrays.copyOf(links, start[nodes.length]));
        }
        return new StoredGraph(graph.size(), graph.entryNode(), layers);
    }

    /** Size, entry, layers, and of each the lengths of its arrays and the arrays. */
    byte[] toBytes() {
        int ints = 3 + Arrays.stream(layers).mapToInt(Layer::ints).sum();
        ByteBuffer out = ByteBuffer.allocate(Math.multiplyExact(ints, Integer.BYTES));
        out.putInt(size).putInt(entry).putInt(layers.length);
        for (Layer one : layers) {
            for (int[] array : new int[][] {one.nodes, one.start, one.links}) {
                out.putInt(array.length);
                out.asIntBuffer().put(array);
                out.position(out.position() + array.length * Integer.BYTES);
            }
        }
        return out.array();
    }

    static StoredGraph read(ByteBuffer in) {
        int size = in.getInt();
        int entry = in.getInt();
        Layer[] layers = new Layer[in.getInt()];
        for (int level = 0; level < layers.length; level++) {
            layers[level] = new Layer(ints(in), ints(in), ints(in));
        }
        return new StoredGraph(size, entry, layers);
    }

    private static int[] ints(ByteBuffer in) {
        int[] array = new int[in.getInt()];
        in.asIntBuffer().get(array);
        in.position(in.position() + array.length * Integer.BYTES);
        return array;
    }

    @Override
    public void seek(int level, int target) {
        layer = layers[level];
        int index = layer.index(target);
        at = layer.start[index];
        end = layer.start[index + 1];
    }

    @Override
    public int nextNeighbor() {
        return at < end ? layer.links[at++] : DocIdSetIterator.NO_MORE_DOCS;
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public int numLevels() {
        return layers.length;
    }

    @Override
    public int entryNode() {
        return entry;
    }

    @Override
    public NodesIterator getNodesOnLevel(int level) {
        Layer one = layers[level];
        return level == 0
                ? new ArrayNodesIterator(size)
                : new ArrayNodesIterator(one.nodes, one.nodes.length);
    }
}

package freshet.operators;

import freshet.learners.RoundShare;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A log for workers that run in one process, and for as long as that does.
 *
 * @param name of the log; whoever names the same shares it
 */
public record SharesInMemory(String name) implements ShareLog.Factory {

    private record Entry(long start, RoundShare share) {}

    private static final Map<String, List<Entry>> LOGS = new ConcurrentHashMap<>();

    @Override
    public ShareLog open(String modelName) {
        return new Log(LOGS.computeIfAbsent(name + "/" + modelName, unused -> new ArrayList<>()));
    }

    private record Log(List<Entry> entries) implements ShareLog {

        @Override
        public long end() {
            synchronized (entries) {
                return entries.size();
            }
        }

        @Override
        public List<RoundShare> exchange(long start, RoundShare own, int workers)
                throws InterruptedException {
            synchronized (entries) {
                entries.add(new Entry(start, own));
                entries.notifyAll();
                Map<Integer, RoundShare> shares = new TreeMap<>();
                for (int next = (int) start; ; next++) {
                    while (next == entries.size()) {
                        entries.wait();
                    }
                    Entry entry = entries.get(next);
                    if (entry.start() == start && entry.share().round() == own.round()) {
                        shares.putIfAbsent(entry.share().worker(), entry.share());
                    }
                    if (shares.size() == workers) {
                        return List.copyOf(shares.values());
                    }
                }
            }
        }

        @Override
        public void close() {}
    }
}

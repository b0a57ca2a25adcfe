package freshet.operators;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.flink.api.common.state.KeyedStateStore;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.util.FlinkRuntimeException;

/**
 * Kept versions as Flink state: a map of which an entry never changes, so that a state backend that
 * checkpoints what is new writes each once. Used under the learner's one key only.
 */
final class PublishedVersions implements KeptVersions {

    private final MapState<Long, ModelVersion> versions;
    private final int kept;

    /**
     * @param kept how many, at least 1
     */
    PublishedVersions(KeyedStateStore store, int kept) {
        this.kept = kept;
        versions =
                store.getMapState(
                        new MapStateDescriptor<>(
                                "published-versions", Types.LONG, Types.POJO(ModelVersion.class)));
    }

    @Override
    public void add(ModelVersion version) {
        unchecked(
                () -> {
                    versions.put(version.version, version);
                    List<Long> numbers = numbers();
                    for (long oldest : numbers.subList(0, Math.max(0, numbers.size() - kept))) {
                        versions.remove(oldest);
                    }
                    return null;
                });
    }

    @Override
    public List<Long> numbers() {
        return unchecked(
                () -> {
                    List<Long> numbers = new ArrayList<>();
                    versions.keys().forEach(numbers::add);
                    Collections.sort(numbers);
                    return numbers;
                });
    }

    @Override
    public ModelVersion newestUpTo(long version) {
        Long newest = null;
        for (Long number : numbers()) {
            newest = number <= version ? number : newest;
        }
        Long found = newest;
        return found == null ? null : unchecked(() -> versions.get(found));
    }

    @Override
    public void dropAfter(long version) {
        unchecked(
                () -> {
                    for (long number : numbers()) {
                        if (number > version) {
                            versions.remove(number);
                        }
                    }
                    return null;
                });
    }

    @FunctionalInterface
    private interface Access<T> {
        T get() throws Exception;
    }

    /** A state backend's checked exceptions are failures of the task, wherever they come up. */
    private static <T> T unchecked(Access<T> access) {
        try {
            return access.get();
        } catch (Exception e) {
            throw new FlinkRuntimeException("published versions cannot be accessed", e);
        }
    }
}

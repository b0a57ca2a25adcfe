package freshet.operators;

import java.util.List;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeinfo.Types;

/** A {@link LabelJoin} in a checkpoint. */
final class LabelJoinState {

    private final ListState<LabelJoin.Place> places;
    private final ListState<String> waiting;
    private final ListState<Long> settled;

    LabelJoinState(OperatorStateStore store) throws Exception {
        places =
                store.getListState(
                        new ListStateDescriptor<>(
                                "label-places", Types.POJO(LabelJoin.Place.class)));
        waiting = store.getListState(new ListStateDescriptor<>("label-waiting", Types.STRING));
        settled = store.getListState(new ListStateDescriptor<>("label-settled", Types.LONG));
    }

    void restore(LabelJoin join) throws Exception {
        for (long millis : settled.get()) {
            join.restore(places.get(), waiting.get(), millis);
        }
    }

    void save(LabelJoin join) throws Exception {
        places.update(join.places());
        waiting.update(join.waiting());
        settled.update(List.of(join.settledMillis()));
    }
}

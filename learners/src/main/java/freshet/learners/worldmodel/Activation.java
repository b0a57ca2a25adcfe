package freshet.learners.worldmodel;

import freshet.learners.tensor.Ops;

/** What stands between two layers. */
enum Activation {
    ELU {
        @Override
        <T> T apply(Ops<T> ops, T tensor) {
            return ops.elu(tensor);
        }
    },
    RELU {
        @Override
        <T> T apply(Ops<T> ops, T tensor) {
            return ops.relu(tensor);
        }
    };

    abstract <T> T apply(Ops<T> ops, T tensor);
}

package freshet.engines.libtorch;

/**
 * Records what a body does on a device, so that it can be done again without the body. The body
 * must take what it reads from tensors that stay, leave what it gives in such tensors, and neither
 * copy from or to the host nor ask for a value.
 */
interface Recorder {

    /** What was recorded. Not thread-safe. */
    interface Recording extends AutoCloseable {

        /** Does it; the work may be queued when this returns. */
        void replay();

        /** Frees it and all that was made while it was recorded. */
        @Override
        void close();
    }

    /** Records the body without doing it. Nothing is held if this fails. */
    Recording record(Runnable body);
}

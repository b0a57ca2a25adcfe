package freshet.engines.libtorch;

import org.bytedeco.javacpp.PointerScope;

/**
 * A body that is the same at every call: the first {@value #WARM_UPS} calls just do it, because
 * libraries set themselves up then, the next one records it, and all from then on replay that.
 */
final class WarmedUp implements AutoCloseable {

    static final int WARM_UPS = 3;

    private final Recorder recorder;
    private final Runnable body;
    private Recorder.Recording recording;
    private int calls;

    WarmedUp(Recorder recorder, Runnable body) {
        this.recorder = recorder;
        this.body = body;
    }

    void run() {
        if (recording == null && calls == WARM_UPS) {
            recording = recorder.record(body);
        }
        if (recording == null) {
            try (PointerScope scope = new PointerScope()) {
                body.run();
            }
            calls++;
        } else {
            recording.replay();
        }
    }

    /** Whether it was never done. */
    boolean isNew() {
        return calls == 0;
    }

    boolean isRecorded() {
        return recording != null;
    }

    @Override
    public void close() {
        if (recording != null) {
            recording.close();
        }
    }
}

package freshet.operators;

import freshet.learners.BatchCutter;
import freshet.learners.LearnerSnapshot;
import freshet.learners.ModelArtifact;
import freshet.learners.OnlineLearner;
import freshet.learners.SavedState;
import freshet.learners.StepReport;
import freshet.learners.tensor.Weights;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;

/**
 * One of the learners in memory, which is one model's after the other's: what belongs to a model is
 * all in {@link #save}, and {@link #load} leaves nothing of the model before.
 *
 * <p>A learner that refuses so many batches in a row, or fails, or has weights that are not finite,
 * goes back to the weights that its model published last, which are finite.
 */
final class LiveModel<R extends InRecord, B> implements AutoCloseable {

    private static final int FORMAT_VERSION = 1;

    /**
     * A model in keyed state.
     *
     * @param learner its snapshot's bytes
     * @param progress all the rest but for the version: small
     * @param last the version published last; null before the first
     */
    record Saved(byte[] learner, byte[] progress, ModelVersion last) {}

    private final LearnerSetup<R, B> setup;
    private final int refusalsAllowed;
    private final BatchCutter<R, LearnerSetup.Batch<B>> cutter;
    private final PublishingSchedule schedule;
    private final LastSequences sequences;
    private final ModelAnswers<R> answers; // null: none are given

    private OnlineLearner<B> learner;
    private String name;
    private ModelVersion last;
    private int refusals; // in a row
    private boolean changed;

    /** A learner that nothing has been learned with, of no name. */
    LiveModel(LearnerSetup<R, B> setup, int refusalsAllowed, ModelAnswers<R> answers) {
        this.setup = setup;
        this.refusalsAllowed = refusalsAllowed;
        this.answers = answers;
        cutter = setup.newCutter();
        schedule = new PublishingSchedule(setup);
        sequences = new LastSequences(setup.maxSources());
        learner = setup.newLearner();
        schedule.begin(setup, learner);
    }

    void load(String newName, Saved saved) {
        name = newName;
        last = saved.last();
        learner.restore(LearnerSnapshot.fromBytes(saved.learner()));
        SavedState.read("model of many", FORMAT_VERSION, saved.progress(), this::readProgress);
        changed = false;
    }

    private void readProgress(DataInputStream in) throws IOException {
        cutter.restore(SavedState.readBlock(in));
        schedule.restore(SavedState.readBlock(in));
        sequences.restore(SavedState.readBlock(in));
        refusals = in.readInt();
        byte[] ofAnswers = SavedState.readBlock(in);
        if (answers != null && ofAnswers.length > 0) { // 0: none were given
            answers.restore(ofAnswers);
        }
    }

    Saved save() {
        byte[] progress = SavedState.write(FORMAT_VERSION, this::writeProgress);
        changed = false;
        return new Saved(learner.snapshot().toBytes(), progress, last);
    }

    private void writeProgress(DataOutputStream out) throws IOException {
        SavedState.writeBlock(out, cutter.snapshot());
        SavedState.writeBlock(out, schedule.snapshot());
        SavedState.writeBlock(out, sequences.snapshot());
        out.writeInt(refusals);
        SavedState.writeBlock(out, answers == null ? new byte[0] : answers.snapshot());
    }

    String name() {
        return name;
    }

    /** Whether it is not as it was loaded or saved last. */
    boolean hasChanged() {
        return changed;
    }

    /** Null if the record advances its source or is not to be learned, else why it is a repeat. */
    String repeats(R record) {
        changed = true;
        return !record.isNumbered() || sequences.advance(record.source, record.sequence)
                ? null
                : sequences.repeat(record);
    }

    /** The version before the first update, once; null afterwards. */
    ModelVersion first() {
        return schedule.hasStarted() ? null : published(schedule.untrained(setup, learner));
    }

    /** Null where none are given. */
    OutRecord answer(R record) {
        return answers == null ? null : answers.answer(record, last);
    }

    List<LearnerSetup.Batch<B>> cut(R record) {
        schedule.learned(record.appendTimeMillis);
        return cutter.add(record);
    }

    /** What became of a batch; {@code wentBack} says why and to what, empty if it did not. */
    record Step(StepReport report, long handed, String wentBack) {}

    /**
     * Learns a batch, or refuses it alone. A batch that the learner fails on counts as refused, so
     * that no model stops the others, and the learner is made anew.
     */
    Step step(LearnerSetup.Batch<B> batch) {
        StepReport report;
        String wentBack = "";
        try {
            report = learner.step(batch.content());
        } catch (RuntimeException e) {
            String failure = "learner failed: " + e;
            report =
                    new StepReport(
                            schedule.step(), false, failure, Double.NaN, 0, Double.NaN, List.of());
            learner.close();
            learner = setup.newLearner();
            wentBack = goBack(failure);
        }
        refusals = report.applied() || !wentBack.isEmpty() ? 0 : refusals + 1;
        if (refusals == refusalsAllowed) {
            wentBack = goBack("%d batches in a row were refused".formatted(refusals));
            refusals = 0;
        }
        schedule.stepped(batch.eventTimeMillis(), report);
        return new Step(report, schedule.handed(), wentBack);
    }

    private String goBack(String reason) {
        learner.adopt(last.artifact());
        return "%s; back to the weights of version %d".formatted(reason, last.version);
    }

    /**
     * The next version if one is due, else null. If the weights are not finite, they are those of
     * the version before.
     */
    ModelVersion due() {
        return schedule.isDue() ? published(schedule.next(setup, finite())) : null;
    }

    /**
     * The version that says that none will follow. A stream that goes on from a checkpoint taken
     * after its end ends again: what says so then is the same to the byte, unless more was learned.
     */
    ModelVersion end() {
        if (last.completeThroughMillis == Long.MAX_VALUE && !schedule.hasMoved()) {
            return last;
        }
        ModelArtifact artifact = finite();
        schedule.ends(artifact);
        return published(schedule.last(setup, artifact, learner));
    }

    private ModelArtifact finite() {
        ModelArtifact newest = learner.publish();
        if (Weights.firstNotFinite(Weights.fromBytes(newest.bytes())) < 0) {
            return newest;
        }
        learner.adopt(last.artifact());
        return learner.publish();
    }

    private ModelVersion published(ModelVersion version) {
        version.modelName = name;
        last = version;
        changed = true;
        return version;
    }

    @Override
    public void close() throws Exception {
        learner.close();
        if (answers != null) {
            answers.close();
        }
    }
}

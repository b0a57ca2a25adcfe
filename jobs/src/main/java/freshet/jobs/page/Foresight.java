package freshet.jobs.page;

import freshet.jobs.KafkaAccess;
import freshet.jobs.robots.ModelRecords;
import freshet.jobs.robots.SpreadFrames;
import freshet.learners.ModelArtifact;
import freshet.learners.tensor.TensorEngines;
import freshet.learners.worldmodel.FramePredictor;
import freshet.learners.worldmodel.RobotStep;
import freshet.operators.ModelAssembly;
import freshet.operators.RobotSetup;
import freshet.schemas.UndecodableRecordException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * Says now and then, while somebody looks at the page, what the newest published model expected
 * robots to see. In the page's own process: no robot waits for it. It rests {@link #REST} times as
 * long as it worked.
 *
 * <p>The model has no decoder: an expectation is shown as the frame of another episode that fits it
 * best, see {@link FramePredictor}. It is made from a robot's last steps, as the learner's windows
 * are, and not from the episode's beginning, as an actor's state is.
 *
 * <p>Bounded: one version of the model, and what {@link SeenSteps} keeps.
 */
final class Foresight implements AutoCloseable {

    /**
     * What came and what was expected.
     *
     * @param step of the episode
     * @param past steps before it that the expectation was made from
     * @param came 8-bit RGB, rows from the top
     * @param expected the candidate that fits best, in the same form
     * @param better candidates that fitted better than what came
     */
    record Shot(
            String robot,
            long step,
            int past,
            String model,
            long version,
            int width,
            int height,
            byte[] came,
            byte[] expected,
            int candidates,
            int better) {}

    private static final int REST = 100;
    private static final long LEAST_REST_MILLIS = 2_000;
    private static final Duration POLL = Duration.ofMillis(200);

    /** So far back it begins, and goes no further back later, in records of a partition. */
    private static final int FEWEST_RECORDS = 24;

    private final KafkaAccess kafka;
    private final String topic;
    private final RobotSetup setup;
    private final PageState state;
    private final ModelRecords records;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "expect for the page");

    private FramePredictor predictor;
    private long version;

    /**
     * @param topic of the models
     * @param setup of the model whose expectations are shown
     */
    Foresight(KafkaAccess kafka, String topic, RobotSetup setup, PageState state) {
        this.kafka = kafka;
        this.topic = topic;
        this.setup = setup;
        this.state = state;
        records = new ModelRecords(setup.modelName());
        state.keepSteps(
                new SeenSteps(
                        setup.frame().size(),
                        setup.model().encoder().proprioception(),
                        setup.model().behaviour().actions()));
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    private void run() {
        var threads = ManagementFactory.getThreadMXBean();
        try (KafkaConsumer<byte[], byte[]> consumer = PageReader.consumer(kafka)) {
            long rest = LEAST_REST_MILLIS;
            while (!stopped.await(rest, TimeUnit.MILLISECONDS)) {
                long before = threads.getCurrentThreadCpuTime();
                state.seenNow().ifPresent(seen -> look(consumer, seen));
                long worked = threads.getCurrentThreadCpuTime() - before;
                long all = TimeUnit.NANOSECONDS.toMillis(setup.engine().threads() * worked);
                rest = Math.max(LEAST_REST_MILLIS, REST * all);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | LinkageError e) {
            state.expectedNothing(String.valueOf(e.getMessage())); // such as no engine here
        }
    }

    /** Loads the newest version if there is a newer one, and says what it expected of what came. */
    void look(KafkaConsumer<byte[], byte[]> consumer, PageState.SeenNow seen) {
        try {
            readModels(consumer);
        } catch (KafkaException e) {
            return; // the page's reader says so
        }
        if (predictor == null) {
            state.expectedNothing("no version that has learned has been published since");
            return;
        }
        float[][] features = predictor.features(seen.frames());
        List<Shot> shots = new ArrayList<>();
        for (SeenSteps.Run run : seen.runs()) {
            List<Integer> others = new ArrayList<>();
            for (int i = 0; i < features.length; i++) {
                RobotStep last = run.last();
                if (SpreadFrames.isBeside(seen.frames().get(i), last.robot(), last.episode())) {
                    others.add(i);
                }
            }
            if (!others.isEmpty()) {
                shots.add(shot(run, seen.frames(), features, others));
            }
        }
        state.expected(shots);
    }

    private Shot shot(
            SeenSteps.Run run, List<RobotStep> frames, float[][] features, List<Integer> others) {
        float[][] rows = predictor.expected(run.steps());
        float[] expected = rows[rows.length - 1];
        float[] came = predictor.features(List.of(run.last()))[0];
        var candidates =
                new FramePredictor.Candidates(
                        others.stream().map(i -> features[i]).toArray(float[][]::new));
        int best = candidates.best(expected);
        return new Shot(
                run.last().robot(),
                run.first() + rows.length,
                rows.length,
                setup.modelName(),
                version,
                setup.frame().width(),
                setup.frame().height(),
                run.last().picture(),
                frames.get(others.get(best)).picture(),
                others.size(),
                candidates.better(expected, came));
    }

    /** To the end of the topic; what is far back is passed over, as only the newest counts. */
    private void readModels(KafkaConsumer<byte[], byte[]> consumer) {
        if (consumer.assignment().isEmpty()) {
            List<TopicPartition> partitions =
                    consumer.partitionsFor(topic).stream()
                            .map(one -> new TopicPartition(topic, one.partition()))
                            .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
        }
        Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
        // Two whole versions at least, each with a manifest and the mark of its transaction.
        long back = Math.max(FEWEST_RECORDS, 3L * (records.chunksOfVersion() + 2));
        for (Map.Entry<TopicPartition, Long> end : ends.entrySet()) {
            if (end.getValue() - consumer.position(end.getKey()) > back) {
                consumer.seek(end.getKey(), end.getValue() - back);
            }
        }
        ModelArtifact newest = null;
        while (stopped.getCount() > 0
                && ends.entrySet().stream()
                        .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                newest = takeModel(record.value(), newest);
            }
        }
        if (newest != null) {
            load(newest);
        }
    }

    private ModelArtifact takeModel(byte[] value, ModelArtifact before) {
        try {
            return records.take(value).orElse(before);
        } catch (ModelAssembly.Refused | UndecodableRecordException e) {
            return before; // its beginning was passed over, or it is the job's to say so
        }
    }

    private void load(ModelArtifact newest) {
        if (predictor != null) {
            predictor.close();
            predictor = null;
        }
        predictor =
                new FramePredictor(
                        TensorEngines.start(setup.engine()), setup.model(), setup.frame(), newest);
        version = newest.step();
    }

    @Override
    public void close() {
        stopped.countDown();
        try {
            thread.join();
            if (predictor != null) {
                predictor.close();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

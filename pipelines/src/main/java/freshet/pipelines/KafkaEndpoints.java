package freshet.pipelines;

import freshet.learners.DepthBlend;
import freshet.operators.ControlSettings;
import freshet.operators.EventTimeMarks;
import freshet.operators.ImageRecord;
import freshet.operators.InRecord;
import freshet.operators.ModelRecord;
import freshet.operators.ModelRecordDecoder;
import freshet.operators.ModelVersion;
import freshet.operators.OutRecord;
import freshet.operators.RecordDecoder;
import freshet.operators.ShareLog;
import freshet.operators.SignManifestsFunction;
import freshet.operators.TelemetryDecoder;
import freshet.operators.TelemetryRecord;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.lineage.DefaultKafkaDatasetFacet;
import org.apache.flink.connector.kafka.lineage.DefaultKafkaDatasetIdentifier;
import org.apache.flink.connector.kafka.lineage.KafkaDatasetFacet;
import org.apache.flink.connector.kafka.lineage.KafkaDatasetFacetProvider;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.sink.TransactionNamingStrategy;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.KafkaSourceBuilder;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** The ends of the pipelines: which topic, from which offset, with which guarantee. */
public final class KafkaEndpoints {

    private static final Duration ALIGNMENT_INTERVAL = Duration.ofMillis(200);

    private final KafkaSettings settings;

    public KafkaEndpoints(KafkaSettings settings) {
        this.settings = settings;
    }

    /**
     * The topic of observations, for one branch of one model: learn and predict have a source and a
     * group each, so that a slow learner cannot push back on predictions.
     *
     * @param branch learn or predict
     */
    public <R extends InRecord> DataStream<R> observations(
            StreamExecutionEnvironment env, String branch, ModelSettings<R, ?> model) {
        return records(
                env,
                settings.observationsTopic(),
                reader(branch, model),
                model.decoder(),
                branch,
                model);
    }

    /**
     * The topic of labels, for one branch of one model, by event time in step with its
     * observations.
     *
     * @param branch learn or predict
     */
    public DataStream<ImageRecord> labels(
            StreamExecutionEnvironment env, String branch, ImageSettings model) {
        return records(
                env,
                settings.labelsTopic(),
                reader(branch, model) + "-labels",
                model.labelDecoder(),
                branch,
                model);
    }

    private <R extends InRecord> DataStream<R> records(
            StreamExecutionEnvironment env,
            String topic,
            String reader,
            RecordDecoder<R> decoder,
            String branch,
            ModelSettings<?, ?> model) {
        String kind = decoder.kind();
        KafkaSourceBuilder<R> source = source(reader, topic, new Observations<>(decoder));
        if (settings.bounded()) {
            source.setBounded(OffsetsInitializer.latest());
        }
        WatermarkStrategy<R> marks =
                aligned(EventTimeMarks.strategy(model.allowedDisorderMillis()), branch, model);
        if (model.idleTimeoutMillis() > 0) {
            marks = marks.withIdleness(Duration.ofMillis(model.idleTimeoutMillis()));
        }
        Source<R, ?, ?> observations =
                settings.bounded() ? new EndingKafkaSource<>(source.build()) : source.build();
        return env.fromSource(
                        observations, marks, kind + " to " + branch + " (" + name(model) + ")")
                .uid(name(model) + "-" + kind + "-to-" + branch)
                .setMaxParallelism(Branches.MAX_PARALLELISM);
    }

    /**
     * The models topic. In evaluation mode it is aligned with the predict branch's observations by
     * event time, so that a predictor need not hold all that a fast learner has published.
     */
    public DataStream<ModelRecord> models(
            StreamExecutionEnvironment env, String branch, ModelSettings<?, ?> model) {
        KafkaSourceBuilder<ModelRecord> source =
                source(
                        reader(branch, model) + "-models",
                        settings.modelsTopic(),
                        new ModelRecords(
                                new ModelRecordDecoder(
                                        model.decoder().maxAheadMillis(),
                                        settings.trustedKeyFile())));
        WatermarkStrategy<ModelRecord> marks = WatermarkStrategy.noWatermarks();
        if (model.serving().evaluation()) {
            WatermarkStrategy<ModelRecord> byTraining =
                    WatermarkStrategy.<ModelRecord>forMonotonousTimestamps()
                            .withTimestampAssigner(
                                    (record, logTime) -> record.trainedThroughMillis);
            marks = aligned(byTraining, branch, model);
        }
        return env.fromSource(
                        source.build(), marks, "models to " + branch + " (" + name(model) + ")")
                .uid(name(model) + "-models-to-" + branch)
                .setParallelism(1)
                .setMaxParallelism(Branches.MAX_PARALLELISM);
    }

    /**
     * Commands for one model's learner. Where the stream goes on for ever, they hold nothing up;
     * where it ends, all that are there come first, so that each finds its place.
     *
     * @param versionsKept that the learner can go back to
     * @param blend what is published of what it has learned
     */
    public <R extends InRecord> Commands<R> commands(
            StreamExecutionEnvironment env,
            ModelSettings<R, ?> model,
            int versionsKept,
            DepthBlend.Config blend) {
        String reader = reader("learn", model) + "-commands";
        KafkaSourceBuilder<R> source =
                source(
                        reader,
                        settings.controlTopic(),
                        new CommandRecords<>(model.decoder(), name(model)));
        WatermarkStrategy<R> marks = WatermarkStrategy.noWatermarks();
        if (settings.bounded()) {
            source.setBounded(OffsetsInitializer.latest());
        } else {
            marks = WatermarkStrategy.forGenerator(context -> new HoldsNothingUp<>());
        }
        Source<R, ?, ?> commands =
                settings.bounded() ? new EndingKafkaSource<>(source.build()) : source.build();
        DataStream<R> stream =
                env.fromSource(
                                commands,
                                marks.withTimestampAssigner(
                                        (record, logTime) -> record.eventTimeMillis),
                                "commands (" + name(model) + ")")
                        .uid(name(model) + "-commands-to-learn")
                        .setParallelism(1)
                        .setMaxParallelism(Branches.MAX_PARALLELISM);
        KafkaSettings here = settings;
        return new Commands<>(
                stream,
                new ControlSettings(
                        modelName -> new KafkaDecisionLog(here, modelName), versionsKept, blend));
    }

    /** Where several workers of one model leave what they have at the end of a round. */
    public ShareLog.Factory shares() {
        KafkaSettings here = settings;
        return modelName -> new KafkaShareLog(here, modelName);
    }

    /**
     * Orders to one model's predictors, which travel among its versions. They hold nothing up: no
     * order is waited for.
     */
    public ServedOrders servedOrders(StreamExecutionEnvironment env, ModelSettings<?, ?> model) {
        String reader = reader("predict", model) + "-commands";
        KafkaSourceBuilder<ModelVersion> source =
                source(reader, settings.controlTopic(), new OrderRecords(name(model)));
        if (settings.bounded()) {
            source.setBounded(OffsetsInitializer.latest());
        }
        Source<ModelVersion, ?, ?> orders =
                settings.bounded() ? new EndingKafkaSource<>(source.build()) : source.build();
        DataStream<ModelVersion> stream =
                env.fromSource(
                                orders,
                                WatermarkStrategy.forGenerator(context -> new HoldsNothingUp<>()),
                                "commands to predict (" + name(model) + ")")
                        .uid(name(model) + "-commands-to-predict")
                        .setParallelism(1)
                        .setMaxParallelism(Branches.MAX_PARALLELISM);
        KafkaSettings here = settings;
        return new ServedOrders(stream, modelName -> new KafkaDecisionLog(here, modelName));
    }

    /**
     * The telemetry of all models, to be watched. Read before its transaction is committed: an
     * alarm must not wait for a checkpoint. That is safe because a learner that recovers repeats
     * its telemetry bit for bit under the same numbers, and the watch drops what repeats a number;
     * what an aborted transaction held has been measured all the same.
     */
    public DataStream<TelemetryRecord> telemetry(
            StreamExecutionEnvironment env, StabilitySettings watch) {
        var decoder = new TelemetryDecoder(watch.maxAheadMillis());
        KafkaSourceBuilder<TelemetryRecord> source =
                source("watch", settings.telemetryTopic(), new Observations<>(decoder));
        source.setProperty("isolation.level", "read_uncommitted");
        if (settings.bounded()) {
            source.setBounded(OffsetsInitializer.latest());
        }
        Source<TelemetryRecord, ?, ?> telemetry =
                settings.bounded() ? new EndingKafkaSource<>(source.build()) : source.build();
        return env.fromSource(telemetry, EventTimeMarks.strategy(0), "telemetry to watch")
                .uid("telemetry-to-watch")
                .setParallelism(1)
                .setMaxParallelism(Branches.MAX_PARALLELISM);
    }

    /** Names the consumer group: branches and models must not share it. */
    private static String reader(String branch, ModelSettings<?, ?> model) {
        return branch + "-" + name(model);
    }

    private static <T> WatermarkStrategy<T> aligned(
            WatermarkStrategy<T> marks, String branch, ModelSettings<?, ?> model) {
        return model.maxLead().isZero()
                ? marks
                : marks.withWatermarkAlignment(
                        alignment(branch, model), model.maxLead(), ALIGNMENT_INTERVAL);
    }

    private static String alignment(String branch, ModelSettings<?, ?> model) {
        return model.decoder().kind() + "-" + reader(branch, model);
    }

    private static String name(ModelSettings<?, ?> model) {
        return model.learner().modelName();
    }

    private <T> KafkaSourceBuilder<T> source(
            String branch, String topic, KafkaRecordDeserializationSchema<T> schema) {
        KafkaSourceBuilder<T> builder =
                KafkaSource.<T>builder()
                        .setProperties(settings.clientProperties())
                        .setGroupId(settings.group() + "-" + branch)
                        .setTopics(topic)
                        .setProperty("isolation.level", "read_committed")
                        .setProperty("partition.discovery.interval.ms", "60000")
                        .setStartingOffsets(committedElseEarliest())
                        .setDeserializer(schema);
        return builder;
    }

    /**
     * The connector's signature names a class that Kafka has deprecated without a successor here.
     */
    @SuppressWarnings("deprecation")
    private static OffsetsInitializer committedElseEarliest() {
        return OffsetsInitializer.committedOffsets(
                org.apache.kafka.clients.consumer.OffsetResetStrategy.EARLIEST);
    }

    public void writePredictions(DataStream<OutRecord> records) {
        write(records, settings.predictionsTopic(), settings.predictionsDelivery());
    }

    /** Signed, if there is a key. */
    public void writeModels(DataStream<OutRecord> records) {
        DataStream<OutRecord> models = records;
        if (!settings.signingKeyFile().isEmpty()) {
            models =
                    records.map(new SignManifestsFunction(settings.signingKeyFile()))
                            .returns(Branches.OUT)
                            .name("sign models")
                            .uid("sign-models")
                            .setParallelism(1);
        }
        write(models, settings.modelsTopic(), settings.modelsDelivery());
    }

    public void writeTelemetry(DataStream<OutRecord> records, String branch) {
        write(records, settings.telemetryTopic(), branch, settings.delivery());
    }

    public void writeAlerts(DataStream<OutRecord> records) {
        write(records, settings.alertsTopic(), settings.delivery());
    }

    /** Commands must not wait for a checkpoint; one that comes twice is known by its id. */
    public void writeCommands(DataStream<OutRecord> records) {
        write(records, settings.controlTopic(), DeliveryGuarantee.AT_LEAST_ONCE);
    }

    public void writeDeadLetters(DataStream<OutRecord> records, String branch) {
        write(records, settings.deadLettersTopic(), branch, settings.delivery());
    }

    private void write(DataStream<OutRecord> records, String topic, DeliveryGuarantee delivery) {
        write(records, topic, "all", delivery);
    }

    private void write(
            DataStream<OutRecord> records,
            String topic,
            String branch,
            DeliveryGuarantee delivery) {
        String id = branch.equals("all") ? topic : topic + "-" + branch;
        Properties properties = settings.clientProperties();
        properties.setProperty(
                "transaction.timeout.ms", String.valueOf(settings.transactionTimeout().toMillis()));
        properties.setProperty("max.request.size", String.valueOf(settings.maxRequestBytes()));
        KafkaSink<OutRecord> sink =
                KafkaSink.<OutRecord>builder()
                        .setKafkaProducerConfig(properties)
                        .setDeliveryGuarantee(delivery)
                        .setTransactionalIdPrefix(settings.group() + "-" + id)
                        // Else each checkpoint takes a new id, which brokers remember for a week.
                        .setTransactionNamingStrategy(TransactionNamingStrategy.POOLING)
                        .setRecordSerializer(new OutRecords(topic))
                        .build();
        records.sinkTo(
                        delivery == DeliveryGuarantee.EXACTLY_ONCE
                                ? new ExactlyOnceSink(sink, settings.clientProperties(), topic)
                                : sink)
                .name("to " + topic + " " + branch)
                .uid("to-" + id)
                .setParallelism(1);
    }

    /** Decodes observations where they are read, because watermarks need their event time. */
    private static final class Observations<R extends InRecord>
            implements KafkaRecordDeserializationSchema<R> {
        private static final long serialVersionUID = 1;
        private final RecordDecoder<R> decoder;

        Observations(RecordDecoder<R> decoder) {
            this.decoder = decoder;
        }

        @Override
        public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<R> out) {
            out.collect(
                    decoder.decode(
                            record.topic(),
                            record.partition(),
                            record.offset(),
                            record.timestamp(),
                            record.key(),
                            record.value(),
                            names(record),
                            values(record)));
        }

        @Override
        public TypeInformation<R> getProducedType() {
            return Types.POJO(decoder.type());
        }
    }

    /**
     * A command is waited for by nobody. Its source is idle at all times; the largest watermark
     * instead would, as soon as the observations pause and are idle too, become the watermark of
     * both, for ever: no later observation would find its place in time.
     */
    static final class HoldsNothingUp<R> implements WatermarkGenerator<R> {

        @Override
        public void onEvent(R record, long timestamp, WatermarkOutput output) {}

        @Override
        public void onPeriodicEmit(WatermarkOutput output) {
            output.markIdle();
        }
    }

    private static final class CommandRecords<R extends InRecord>
            implements KafkaRecordDeserializationSchema<R> {
        private static final long serialVersionUID = 1;
        private final RecordDecoder<R> decoder;
        private final String modelName;

        CommandRecords(RecordDecoder<R> decoder, String modelName) {
            this.decoder = decoder;
            this.modelName = modelName;
        }

        @Override
        public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<R> out) {
            R command =
                    decoder.command(
                            modelName,
                            record.topic(),
                            record.partition(),
                            record.offset(),
                            record.timestamp(),
                            record.key(),
                            record.value());
            if (command != null) {
                out.collect(command);
            }
        }

        @Override
        public TypeInformation<R> getProducedType() {
            return Types.POJO(decoder.type());
        }
    }

    /** What predictors obey; what is for learners or robots, or cannot be read, is theirs. */
    private static final class OrderRecords
            implements KafkaRecordDeserializationSchema<ModelVersion> {
        private static final long serialVersionUID = 1;
        private final String modelName;

        OrderRecords(String modelName) {
            this.modelName = modelName;
        }

        @Override
        public void deserialize(
                ConsumerRecord<byte[], byte[]> record, Collector<ModelVersion> out) {
            ModelVersion order = ModelVersion.orderIn(record.value(), modelName);
            if (order != null) {
                out.collect(order);
            }
        }

        @Override
        public TypeInformation<ModelVersion> getProducedType() {
            return Types.POJO(ModelVersion.class);
        }
    }

    private static final class ModelRecords
            implements KafkaRecordDeserializationSchema<ModelRecord> {
        private static final long serialVersionUID = 1;
        private final ModelRecordDecoder decoder;

        ModelRecords(ModelRecordDecoder decoder) {
            this.decoder = decoder;
        }

        @Override
        public void open(DeserializationSchema.InitializationContext context) {
            decoder.open();
        }

        @Override
        public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<ModelRecord> out) {
            if (record.value() == null) {
                return; // a tombstone: the version was retired
            }
            out.collect(
                    decoder.decode(
                            record.topic(),
                            record.partition(),
                            record.offset(),
                            record.timestamp(),
                            record.key(),
                            record.value()));
        }

        @Override
        public TypeInformation<ModelRecord> getProducedType() {
            return Types.POJO(ModelRecord.class);
        }
    }

    private static String[] names(ConsumerRecord<byte[], byte[]> record) {
        Header[] headers = record.headers().toArray();
        String[] names = new String[headers.length];
        for (int i = 0; i < headers.length; i++) {
            names[i] = headers[i].key();
        }
        return names;
    }

    private static byte[][] values(ConsumerRecord<byte[], byte[]> record) {
        Header[] headers = record.headers().toArray();
        byte[][] values = new byte[headers.length][];
        for (int i = 0; i < headers.length; i++) {
            values[i] = headers[i].value() == null ? new byte[0] : headers[i].value();
        }
        return values;
    }

    /** A class, not a lambda: the sink's lineage extraction looks at its type. */
    private static final class OutRecords
            implements KafkaRecordSerializationSchema<OutRecord>, KafkaDatasetFacetProvider {
        private static final long serialVersionUID = 1;
        private final String topic;

        OutRecords(String topic) {
            this.topic = topic;
        }

        @Override
        public ProducerRecord<byte[], byte[]> serialize(
                OutRecord record, KafkaSinkContext context, Long timestamp) {
            RecordHeaders headers = new RecordHeaders();
            for (int i = 0; i < record.headerNames.length; i++) {
                headers.add(record.headerNames[i], record.headerValues[i]);
            }
            return new ProducerRecord<>(topic, null, null, record.key, record.value, headers);
        }

        /** By this the sink knows on which topic to look for transactions that were left open. */
        @Override
        public Optional<KafkaDatasetFacet> getKafkaDatasetFacet() {
            var topics = DefaultKafkaDatasetIdentifier.ofTopics(List.of(topic));
            return Optional.of(new DefaultKafkaDatasetFacet(topics));
        }
    }
}

package freshet.jobs.models;

import freshet.jobs.CommandFailure;
import freshet.jobs.KafkaAccess;
import freshet.jobs.TopicReader;
import freshet.learners.LearnerSnapshot;
import freshet.operators.ModelAssembly;
import freshet.operators.ModelChunksFunction;
import freshet.operators.ModelVersion;
import freshet.operators.OutRecord;
import freshet.operators.SignManifestsFunction;
import freshet.schemas.AvroCodec;
import freshet.schemas.ModelChunk;
import freshet.schemas.ModelManifest;
import freshet.schemas.UndecodableRecordException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.apache.flink.api.common.functions.DefaultOpenContext;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/** The models topic, read and written by commands. Holds the weights of one version at a time. */
public final class StoredModels {

    private final KafkaAccess kafka;
    private final String topic;
    private final Consumer<String> problems;

    /**
     * @param problems told of records that are no model's, one line each
     */
    public StoredModels(KafkaAccess kafka, String topic, Consumer<String> problems) {
        this.kafka = kafka;
        this.topic = topic;
        this.problems = problems;
    }

    /** What is there, without weights. */
    public ModelVersions versions() {
        var versions = new ModelVersions();
        new TopicReader(kafka, topic)
                .toTheEnd(
                        record -> {
                            try {
                                versions.add(record.key(), record.value(), record.timestamp());
                            } catch (UndecodableRecordException e) {
                                problems.accept(
                                        "%s partition %d offset %d: %s"
                                                .formatted(
                                                        record.topic(),
                                                        record.partition(),
                                                        record.offset(),
                                                        e.getMessage()));
                            }
                            return true;
                        });
        return versions;
    }

    /** The newest complete version of a model, without weights. */
    public Optional<ModelVersions.Version> newest(String model) {
        return versions().all().stream()
                .filter(version -> version.key().name().equals(model) && version.isComplete())
                .findFirst();
    }

    /**
     * A version with its weights, checked against its manifest.
     *
     * @throws CommandFailure if it is not there, not whole or damaged
     */
    public StoredModel load(String model, long version) {
        var one = new OneVersion(model, version);
        new TopicReader(kafka, topic).toTheEnd(one::take);
        try {
            return one.complete();
        } catch (ModelAssembly.Refused e) {
            throw new CommandFailure("topic %s: %s".formatted(topic, e.getMessage()), e);
        }
    }

    /** Puts one version together. */
    private final class OneVersion {
        private final AvroCodec<ModelChunk> chunks = AvroCodec.of(ModelChunk.class);
        private final AvroCodec<ModelManifest> manifests = AvroCodec.of(ModelManifest.class);
        private final String model;
        private final long version;
        private ModelAssembly assembly = new ModelAssembly(1);
        private ModelManifest manifest;

        OneVersion(String model, long version) {
            this.model = model;
            this.version = version;
        }

        boolean take(ConsumerRecord<byte[], byte[]> record) {
            try {
                if (record.value() == null) {
                    ModelPart.of(record.key()).ifPresent(this::retired);
                } else if (chunks.recognises(record.value())) {
                    add(chunks.decode(record.value()));
                } else {
                    add(manifests.decode(record.value()));
                }
            } catch (UndecodableRecordException e) {
                return true; // no part of this version; versions() tells of it
            } catch (ModelAssembly.Refused e) {
                throw new CommandFailure("topic %s: %s".formatted(topic, e.getMessage()), e);
            }
            return true;
        }

        private void retired(ModelPart part) {
            if (part.model().equals(model) && part.version() == version) {
                manifest = null; // the manifest goes first: nothing of it counts any more
                assembly = new ModelAssembly(1);
            }
        }

        private void add(ModelChunk chunk) throws ModelAssembly.Refused {
            if (chunk.getModelName().equals(model) && chunk.getVersion() == version) {
                byte[] bytes = new byte[chunk.getBytes().remaining()];
                chunk.getBytes().get(bytes);
                assembly.add(version, chunk.getIndex(), bytes, chunk.getCrc32c());
            }
        }

        private void add(ModelManifest one) {
            if (one.getModelName().equals(model) && one.getVersion() == version) {
                manifest = one;
            }
        }

        StoredModel complete() throws ModelAssembly.Refused {
            if (manifest == null) {
                throw new CommandFailure(
                        "no version %d of model %s in topic %s; freshet models lists them"
                                .formatted(version, model, topic));
            }
            byte[] bytes =
                    assembly.complete(version, manifest.getChunks(), manifest.getTotalBytes());
            String sha256 = LearnerSnapshot.sha256(bytes);
            if (!sha256.equals(manifest.getSha256())) {
                throw new CommandFailure(
                        "version %d of model %s has checksum %s, its manifest says %s"
                                .formatted(version, model, sha256, manifest.getSha256()));
            }
            return new StoredModel(manifest, bytes);
        }
    }

    /**
     * Writes a version as a learner does: chunks first, the manifest last.
     *
     * @param signingKeyFile private key that signs the manifest; empty: none does
     */
    public void write(ModelVersion version, int chunkBytes, String signingKeyFile) {
        List<OutRecord> records = new ArrayList<>();
        try {
            var function = new ModelChunksFunction(chunkBytes);
            function.open(DefaultOpenContext.INSTANCE);
            function.flatMap(version, new ListCollector<>(records));
            if (!signingKeyFile.isEmpty()) {
                var sign = new SignManifestsFunction(signingKeyFile);
                sign.open(DefaultOpenContext.INSTANCE);
                int manifest = records.size() - 1;
                records.set(manifest, sign.map(records.get(manifest)));
            }
        } catch (Exception e) {
            throw new CommandFailure("the version cannot be written: " + e.getMessage(), e);
        }
        send(records);
    }

    /** Retires versions: a manifest first, so that nobody takes what is no longer whole. */
    public void retire(List<ModelVersions.Version> versions) {
        List<OutRecord> tombstones = new ArrayList<>();
        for (ModelVersions.Version version : versions) {
            String name = version.key().name();
            long number = version.key().version();
            var manifest = new ModelPart(name, number, ModelPart.MANIFEST);
            tombstones.add(new OutRecord(manifest.key(), null));
            for (int chunk : version.chunkNumbers()) {
                tombstones.add(new OutRecord(new ModelPart(name, number, chunk).key(), null));
            }
        }
        send(tombstones);
    }

    private void send(List<OutRecord> records) {
        int partitions = kafka.partitions(topic).size();
        if (partitions != 1) {
            throw new CommandFailure(
                    "topic %s has %d partitions, models need one, which keeps their order"
                            .formatted(topic, partitions));
        }
        try (var producer = kafka.producer()) {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (OutRecord record : records) {
                sent.add(producer.send(new ProducerRecord<>(topic, record.key, record.value)));
            }
            for (Future<RecordMetadata> one : sent) {
                one.get();
            }
        } catch (ExecutionException e) {
            throw kafka.explained(topic, e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailure("interrupted before the broker had all", e);
        }
    }
}

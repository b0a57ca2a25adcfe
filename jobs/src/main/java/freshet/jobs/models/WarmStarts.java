package freshet.jobs.models;

import freshet.jobs.CommandFailure;
import freshet.jobs.KafkaAccess;
import freshet.operators.ManifestSignature;
import freshet.operators.PublishedForm;
import freshet.operators.WarmStart;
import freshet.pipelines.FreshetOptions;
import freshet.pipelines.KafkaSettings;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.flink.configuration.Configuration;

/** Finds the weights that {@code learning.start-from} names, before a job is submitted. */
public final class WarmStarts {

    /** The newest version in the models topic. */
    private static final String MODELS = "models";

    private WarmStarts() {}

    /**
     * What the model's learner is to begin with; empty: weights drawn from the seed.
     *
     * @throws CommandFailure in one line, if there is nothing that fits
     */
    public static Optional<WarmStart> of(Configuration config, String model, PublishedForm form) {
        return FreshetOptions.startFrom(config, model)
                .map(
                        from ->
                                from.equals(MODELS)
                                        ? newest(config, model, form)
                                        : file(Path.of(from), form));
    }

    private static WarmStart file(Path file, PublishedForm form) {
        StoredModel read;
        try {
            read = ModelFile.read(file, form);
        } catch (CommandFailure e) {
            throw new CommandFailure(
                    "%s: %s".formatted(FreshetOptions.START_FROM.key(), e.getMessage()), e);
        }
        return new WarmStart(
                read.artifact(), WarmStart.ELSEWHERE, read.manifest().getTrainedThrough());
    }

    private static WarmStart newest(Configuration config, String model, PublishedForm form) {
        KafkaSettings settings = FreshetOptions.kafka(config);
        var topic = new StoredModels(KafkaAccess.of(config), settings.modelsTopic(), problem -> {});
        long version =
                topic.newest(model)
                        .orElseThrow(
                                () ->
                                        new CommandFailure(
                                                "%s is models, but topic %s has no complete version of %s"
                                                        .formatted(
                                                                FreshetOptions.START_FROM.key(),
                                                                settings.modelsTopic(),
                                                                model)))
                        .key()
                        .version();
        StoredModel newest = topic.load(model, version);
        checkSignature(newest, settings.trustedKeyFile());
        try {
            ModelFile.tensors(newest, form);
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(
                    "%s: version %d in topic %s: %s"
                            .formatted(
                                    FreshetOptions.START_FROM.key(),
                                    version,
                                    settings.modelsTopic(),
                                    e.getMessage()),
                    e);
        }
        return new WarmStart(newest.artifact(), version, newest.manifest().getTrainedThrough());
    }

    /** What is not served is not learned from either. */
    private static void checkSignature(StoredModel model, String trustedKeyFile) {
        if (trustedKeyFile.isEmpty()) {
            return;
        }
        ManifestSignature.problem(
                        model.manifest(), ManifestSignature.publicKeys(Path.of(trustedKeyFile)))
                .ifPresent(
                        problem -> {
                            throw new CommandFailure(
                                    "%s: %s".formatted(FreshetOptions.START_FROM.key(), problem));
                        });
    }
}

package freshet.jobs.models;

import freshet.jobs.CommandFailure;
import freshet.learners.LearnerSnapshot;
import freshet.learners.tensor.Layout;
import freshet.learners.tensor.Weights;
import freshet.operators.ManifestSignature;
import freshet.operators.PublishedForm;
import freshet.schemas.ModelManifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A model version as a safetensors file: a tensor for each parameter of the layout, under its name;
 * in the metadata the manifest's fields under their names, as strings, its own metadata as {@code
 * metadata.KEY}.
 */
public final class ModelFile {

    private static final String PREFIX = "metadata.";

    /** Of another manifest: whoever takes a file answers for it, and signs it anew. */
    private static final String SIGNATURE = PREFIX + ManifestSignature.KEY;

    private ModelFile() {}

    /** The tensors of a version. */
    public static List<Safetensors.Tensor> tensors(StoredModel model, PublishedForm form) {
        float[] weights =
                model.artifact()
                        .weights(
                                form.kind(),
                                form.formatVersion(),
                                form.configuration(),
                                form.layout().size());
        List<Safetensors.Tensor> tensors = new ArrayList<>();
        for (Layout.Entry entry : form.layout().entries()) {
            float[] values =
                    Arrays.copyOfRange(weights, entry.offset(), entry.offset() + entry.size());
            tensors.add(new Safetensors.Tensor(entry.name(), entry.shape(), values));
        }
        return tensors;
    }

    /** Writes a version; a file that is there is not replaced. */
    public static void write(StoredModel model, PublishedForm form, Path file) {
        byte[] bytes = new Safetensors(metadata(model.manifest()), tensors(model, form)).toBytes();
        try {
            Files.write(file, bytes, java.nio.file.StandardOpenOption.CREATE_NEW);
        } catch (java.nio.file.FileAlreadyExistsException e) {
            throw new CommandFailure("%s is there already".formatted(file), e);
        } catch (IOException e) {
            throw new CommandFailure("%s cannot be written: %s".formatted(file, e), e);
        }
    }

    private static Map<String, String> metadata(ModelManifest manifest) {
        Map<String, String> strings = new TreeMap<>();
        for (var field : ModelManifest.getClassSchema().getFields()) {
            if (!field.name().equals("metadata")) {
                strings.put(field.name(), String.valueOf(manifest.get(field.pos())));
            }
        }
        manifest.getMetadata().forEach((key, value) -> strings.put(PREFIX + key, value));
        return strings;
    }

    /**
     * Reads what {@link #write}, or Python from such a file, has written.
     *
     * @param form of the model that takes it
     * @throws CommandFailure in one line, if the file is none or does not fit
     */
    public static StoredModel read(Path file, PublishedForm form) {
        try {
            long length = Files.size(file);
            if (length > Safetensors.MAX_FILE_BYTES) {
                throw new CommandFailure(
                        "%s has %d bytes, at most %d are read"
                                .formatted(file, length, Safetensors.MAX_FILE_BYTES));
            }
            return fitting(Safetensors.fromBytes(Files.readAllBytes(file)), form);
        } catch (java.nio.file.NoSuchFileException e) {
            throw new CommandFailure("%s does not exist".formatted(file), e);
        } catch (IOException e) {
            throw new CommandFailure("%s cannot be read: %s".formatted(file, e), e);
        } catch (IllegalArgumentException e) {
            throw new CommandFailure("%s: %s".formatted(file, e.getMessage()), e);
        }
    }

    private static StoredModel fitting(Safetensors file, PublishedForm form) {
        Map<String, String> metadata = file.metadata();
        same("kind", metadata.get("kind"), form.kind());
        same("formatVersion", metadata.get("formatVersion"), String.valueOf(form.formatVersion()));
        same("configuration", metadata.get("configuration"), form.configuration());
        byte[] bytes = Weights.toBytes(weights(file, form.layout()));
        return new StoredModel(manifest(metadata, bytes), bytes);
    }

    private static void same(String field, String there, String here) {
        if (!here.equals(there)) {
            throw new IllegalArgumentException(
                    "%s is [%s], the model of these settings has [%s]"
                            .formatted(field, there, here));
        }
    }

    private static float[] weights(Safetensors file, Layout layout) {
        Map<String, Safetensors.Tensor> byName = new TreeMap<>();
        file.tensors().forEach(tensor -> byName.put(tensor.name(), tensor));
        float[] weights = new float[layout.size()];
        for (Layout.Entry entry : layout.entries()) {
            Safetensors.Tensor tensor = byName.remove(entry.name());
            if (tensor == null) {
                throw new IllegalArgumentException("tensor %s is missing".formatted(entry.name()));
            }
            if (!Arrays.equals(tensor.shape(), entry.shape())) {
                throw new IllegalArgumentException(
                        "tensor %s has shape %s, must have %s"
                                .formatted(
                                        entry.name(),
                                        Arrays.toString(tensor.shape()),
                                        Arrays.toString(entry.shape())));
            }
            for (int i = 0; i < tensor.values().length; i++) {
                float value = tensor.values()[i];
                if (!Float.isFinite(value)) {
                    throw new IllegalArgumentException(
                            "element %d of tensor %s is %s".formatted(i, entry.name(), value));
                }
                weights[entry.offset() + i] = value;
            }
        }
        if (!byName.isEmpty()) {
            throw new IllegalArgumentException(
                    "tensors %s are not of this model".formatted(byName.keySet()));
        }
        return weights;
    }

    private static ModelManifest manifest(Map<String, String> metadata, byte[] bytes) {
        Map<String, String> own = new HashMap<>();
        metadata.forEach(
                (key, value) -> {
                    if (key.startsWith(PREFIX) && !key.equals(SIGNATURE)) {
                        own.put(key.substring(PREFIX.length()), value);
                    }
                });
        return ModelManifest.newBuilder()
                .setModelName(metadata.getOrDefault("modelName", ""))
                .setVersion(number(metadata, "version", 0))
                .setParentVersion(number(metadata, "parentVersion", -1))
                .setTrainedThrough(number(metadata, "trainedThrough", -1))
                .setCompleteThrough(-1)
                .setLearnedAppendTime(number(metadata, "learnedAppendTime", -1))
                .setKind(metadata.get("kind"))
                .setFormatVersion(Integer.parseInt(metadata.get("formatVersion")))
                .setConfiguration(metadata.get("configuration"))
                .setTokenizerHash(metadata.getOrDefault("tokenizerHash", ""))
                .setChunks(1)
                .setTotalBytes(bytes.length)
                .setSha256(LearnerSnapshot.sha256(bytes)) // Python may have changed elements
                .setScoreBitsPerToken(score(metadata))
                .setMetadata(own)
                .build();
    }

    /** What it has learned must be said: answers to texts that it knows would count. */
    private static long number(Map<String, String> metadata, String field, long least) {
        String text = metadata.get(field);
        try {
            long number = Long.parseLong(String.valueOf(text));
            if (number >= least) {
                return number;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new IllegalArgumentException(
                "metadata %s is %s, must be a whole number from %d".formatted(field, text, least));
    }

    private static double score(Map<String, String> metadata) {
        String text = metadata.getOrDefault("scoreBitsPerToken", "NaN");
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "metadata scoreBitsPerToken is %s, must be a number".formatted(text), e);
        }
    }
}

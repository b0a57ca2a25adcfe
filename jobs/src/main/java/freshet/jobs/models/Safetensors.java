package freshet.jobs.models;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Named tensors in the safetensors format, as Python's package of that name reads and writes it: 8
 * bytes little-endian length of the header, the header as JSON, then the elements of all tensors,
 * little-endian, without a hole. Only 32-bit floats.
 *
 * @param metadata strings by name, sorted
 * @param tensors in the order of the file
 */
public record Safetensors(Map<String, String> metadata, List<Tensor> tensors) {

    /**
     * One tensor.
     *
     * @param values row-major
     */
    public record Tensor(String name, long[] shape, float[] values) {}

    /** Longest header that is read. */
    static final int MAX_HEADER_BYTES = 1 << 20;

    /** Longest file that is read: the largest version that predictors take, and its header. */
    static final long MAX_FILE_BYTES = (256L << 20) + MAX_HEADER_BYTES + Long.BYTES;

    private static final String METADATA = "__metadata__";
    private static final String OFFSETS = "data_offsets";
    private static final String TYPE = "F32";

    private static final JsonMapper JSON =
            JsonMapper.builder()
                    .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    /** A tensor as the header has it: elements from {@code begin} to {@code end}, bytes. */
    private record Place(String name, long[] shape, long begin, long end) {}

    public Safetensors {
        metadata = new TreeMap<>(metadata);
        tensors = List.copyOf(tensors);
    }

    public byte[] toBytes() {
        ObjectNode header = JSON.createObjectNode();
        ObjectNode strings = header.putObject(METADATA);
        metadata.forEach(strings::put);
        long end = 0;
        for (Tensor tensor : tensors) {
            long begin = end;
            end += (long) Float.BYTES * tensor.values().length;
            ObjectNode entry = header.putObject(tensor.name());
            entry.put("dtype", TYPE);
            var shape = entry.putArray("shape");
            Arrays.stream(tensor.shape()).forEach(shape::add);
            entry.putArray(OFFSETS).add(begin).add(end);
        }
        byte[] json = header.toString().getBytes(StandardCharsets.UTF_8);
        int padded = (json.length + 7) / 8 * 8; // so that the elements are aligned
        ByteBuffer bytes =
                ByteBuffer.allocate(Math.toIntExact(Long.BYTES + padded + end))
                        .order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(padded).put(json);
        for (int i = json.length; i < padded; i++) {
            bytes.put((byte) ' ');
        }
        for (Tensor tensor : tensors) {
            for (float value : tensor.values()) {
                bytes.putFloat(value);
            }
        }
        return bytes.array();
    }

    /**
     * Reads a file. Whatever the header says, no more memory is taken than some times the bytes.
     *
     * @throws IllegalArgumentException saying in one line what is wrong
     */
    public static Safetensors fromBytes(byte[] bytes) {
        if (bytes.length < Long.BYTES) {
            throw wrong("is cut short: it has %d bytes".formatted(bytes.length));
        }
        ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        long length = file.getLong();
        if (length < 2 || length > Math.min(MAX_HEADER_BYTES, file.remaining())) {
            throw wrong(
                    "says that its header has %s bytes, must be from 2 to %d and %d follow"
                            .formatted(
                                    Long.toUnsignedString(length),
                                    MAX_HEADER_BYTES,
                                    file.remaining()));
        }
        JsonNode header = parsed(bytes, (int) length);
        int data = Long.BYTES + (int) length;
        long dataBytes = (long) bytes.length - data;
        Map<String, String> metadata = new TreeMap<>();
        List<Place> places = new ArrayList<>();
        for (var entry : header.properties()) {
            if (entry.getKey().equals(METADATA)) {
                metadata.putAll(strings(entry.getValue()));
            } else {
                places.add(place(entry.getKey(), entry.getValue(), dataBytes));
            }
        }
        places.sort(Comparator.comparingLong(Place::begin).thenComparingLong(Place::end));
        checkCovered(places, dataBytes);
        List<Tensor> tensors = new ArrayList<>();
        for (Place place : places) {
            float[] values = new float[(int) ((place.end() - place.begin()) / Float.BYTES)];
            file.position(data + (int) place.begin());
            file.asFloatBuffer().get(values);
            tensors.add(new Tensor(place.name(), place.shape(), values));
        }
        return new Safetensors(metadata, tensors);
    }

    private static JsonNode parsed(byte[] bytes, int length) {
        try {
            JsonNode header = JSON.readTree(bytes, Long.BYTES, length);
            if (header == null || !header.isObject()) {
                throw wrong("has a header that is no JSON object");
            }
            return header;
        } catch (JsonProcessingException e) {
            String reason = e.getOriginalMessage().lines().findFirst().orElse("");
            throw wrong("has a header that is no JSON as it should be: %s".formatted(reason));
        } catch (IOException e) {
            throw wrong("has a header that cannot be read: %s".formatted(e.getMessage()));
        }
    }

    private static Map<String, String> strings(JsonNode node) {
        Map<String, String> strings = new TreeMap<>();
        if (!node.isObject()) {
            throw wrong("has metadata that are no object of strings");
        }
        for (var entry : node.properties()) {
            if (!entry.getValue().isTextual()) {
                throw wrong("has metadata %s, which is no string".formatted(entry.getKey()));
            }
            strings.put(entry.getKey(), entry.getValue().textValue());
        }
        return strings;
    }

    private static Place place(String name, JsonNode entry, long dataBytes) {
        JsonNode type = entry.path("dtype");
        if (!TYPE.equals(type.textValue())) {
            throw wrong("has tensor %s of type %s, only F32 is read".formatted(name, type));
        }
        long[] shape = numbers(name, entry, "shape");
        long[] offsets = numbers(name, entry, OFFSETS);
        if (offsets.length != 2 || offsets[0] > offsets[1] || offsets[1] > dataBytes) {
            throw wrong(
                    "has tensor %s at %s, outside its %d bytes of elements"
                            .formatted(name, Arrays.toString(offsets), dataBytes));
        }
        long elements = 1;
        for (long dimension : shape) {
            if (dimension > 0 && elements > dataBytes / dimension) {
                throw wrong(
                        "has tensor %s of shape %s, larger than the file"
                                .formatted(name, Arrays.toString(shape)));
            }
            elements *= dimension;
        }
        if (offsets[1] - offsets[0] != elements * Float.BYTES) {
            throw wrong(
                    "has tensor %s of shape %s in %d bytes"
                            .formatted(name, Arrays.toString(shape), offsets[1] - offsets[0]));
        }
        return new Place(name, shape, offsets[0], offsets[1]);
    }

    private static long[] numbers(String name, JsonNode entry, String field) {
        JsonNode array = entry.path(field);
        if (!array.isArray() || array.size() > 16) {
            throw wrong(
                    "has tensor %s without a list %s of at most 16 numbers".formatted(name, field));
        }
        long[] numbers = new long[array.size()];
        for (int i = 0; i < numbers.length; i++) {
            JsonNode number = array.get(i);
            if (!number.isIntegralNumber() || !number.canConvertToLong() || number.asLong() < 0) {
                throw wrong("has tensor %s with %s in %s".formatted(name, number, field));
            }
            numbers[i] = number.asLong();
        }
        return numbers;
    }

    /** Each byte belongs to one tensor. */
    private static void checkCovered(List<Place> places, long dataBytes) {
        long end = 0;
        for (Place place : places) {
            if (place.begin() != end) {
                throw wrong(
                        "has tensor %s at byte %d, which %s"
                                .formatted(
                                        place.name(),
                                        place.begin(),
                                        place.begin() < end
                                                ? "overlaps the one before"
                                                : "leaves a hole from byte " + end));
            }
            end = place.end();
        }
        if (end != dataBytes) {
            throw wrong("has %d bytes behind its tensors".formatted(dataBytes - end));
        }
    }

    private static IllegalArgumentException wrong(String what) {
        return new IllegalArgumentException("the safetensors file " + what);
    }
}

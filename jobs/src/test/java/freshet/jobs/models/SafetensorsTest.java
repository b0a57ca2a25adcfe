package freshet.jobs.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SafetensorsTest {

    private static final String TWO =
            """
            {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},\
            "b":{"dtype":"F32","shape":[1,1],"data_offsets":[8,12]}}""";

    @Test
    void theFormatIsThatOfPython() {
        // What safetensors.numpy.save gives for {"a": float32 [1.5, -2]} and metadata {"k": "v"}.
        String header =
                """
                {"__metadata__":{"k":"v"},\
                "a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""";
        byte[] expected = file(header + " ".repeat((8 - header.length() % 8) % 8), 1.5f, -2f);
        var written =
                new Safetensors(
                        Map.of("k", "v"),
                        List.of(
                                new Safetensors.Tensor(
                                        "a", new long[] {2}, new float[] {1.5f, -2f})));
        assertThat(written.toBytes()).isEqualTo(expected);
        Safetensors read = Safetensors.fromBytes(expected);
        assertThat(read.metadata()).containsExactly(Map.entry("k", "v"));
        assertThat(read.tensors()).hasSize(1);
        assertThat(read.tensors().get(0).shape()).containsExactly(2);
        assertThat(read.tensors().get(0).values()).containsExactly(1.5f, -2f);
    }

    @Test
    void tensorsComeInTheOrderOfTheFileNotOfTheHeader() {
        String header =
                """
                {"b":{"dtype":"F32","shape":[],"data_offsets":[4,8]},\
                "a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},\
                "empty":{"dtype":"F32","shape":[0,3],"data_offsets":[8,8]}}""";
        List<Safetensors.Tensor> tensors = Safetensors.fromBytes(file(header, 1, 2)).tensors();
        assertThat(tensors).extracting(Safetensors.Tensor::name).containsExactly("a", "b", "empty");
        assertThat(tensors.get(1).values()).containsExactly(2);
    }

    static Stream<Arguments> lies() {
        return Stream.of(
                Arguments.of("shorter than a length", new byte[7], "is cut short"),
                Arguments.of("header beyond the file", length(file(TWO, 1, 2, 3), 1000), "1000"),
                Arguments.of(
                        "header of 16 EB", length(file(TWO, 1, 2, 3), -1), "18446744073709551615"),
                Arguments.of("header of nothing", length(file(TWO, 1, 2, 3), 0), "has 0 bytes"),
                Arguments.of("header cut", length(file(TWO, 1, 2, 3), 30), "no JSON"),
                Arguments.of(
                        "header longer", length(file(TWO, 1, 2, 3), TWO.length() + 4), "no JSON"),
                Arguments.of("a list", file("[1]"), "no JSON object"),
                Arguments.of("same name", file(TWO.replace("\"b\"", "\"a\"")), "Duplicate"),
                Arguments.of("no type", file(TWO.replace("dtype", "type"), 1, 2, 3), "only F32"),
                Arguments.of("half floats", file(TWO.replace("F32", "F16"), 1, 2, 3), "only F32"),
                Arguments.of("overlap", file(TWO.replace("8,12", "4,8"), 1, 2), "overlaps"),
                Arguments.of("hole", file(TWO.replace("8,12", "12,16"), 1, 2, 3, 4), "hole"),
                Arguments.of("outside", file(TWO, 1, 2), "outside its 8 bytes"),
                Arguments.of("backwards", file(TWO.replace("8,12", "12,8"), 1, 2, 3), "outside"),
                Arguments.of("behind", file(TWO, 1, 2, 3, 4), "4 bytes behind"),
                Arguments.of("negative", file(TWO.replace("[0,8]", "[-8,8]"), 1, 2, 3), "-8"),
                Arguments.of("shape", file(TWO.replace("[2]", "[3]"), 1, 2, 3), "in 8 bytes"),
                Arguments.of(
                        "shape that wraps around",
                        file(TWO.replace("[2]", "[4611686018427387904,4]"), 1, 2, 3),
                        "larger than the file"),
                Arguments.of(
                        "metadata that are no strings",
                        file("{\"__metadata__\":{\"k\":1}}"),
                        "no string"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("lies")
    void whatIsWrongIsSaidInOneLine(String what, byte[] bytes, String said) {
        assertThatThrownBy(() -> Safetensors.fromBytes(bytes))
                .as(what)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("the safetensors file ")
                .hasMessageContaining(said)
                .satisfies(wrong -> assertThat(wrong.getMessage()).hasLineCount(1));
    }

    private static byte[] file(String header, float... values) {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes =
                ByteBuffer.allocate(Long.BYTES + json.length + Float.BYTES * values.length)
                        .order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(json.length).put(json);
        for (float value : values) {
            bytes.putFloat(value);
        }
        return bytes.array();
    }

    private static byte[] length(byte[] file, long length) {
        ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putLong(0, length);
        return file;
    }
}

package freshet.encoders.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import freshet.learners.vision.EncoderFiles;
import freshet.learners.vision.FeatureEncoder;
import freshet.learners.vision.ImageForm;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Features of Keras's files against those that keras/make.py worked out without Keras and DL4J. */
class KerasFilesTest {

    private static final ImageForm FORM = new ImageForm(3, 10, 8);

    @ParameterizedTest
    @CsvSource({
        "channels-last.h5, ''",
        "channels-last.h5, features",
        "channels-first.h5, features",
        "functional.h5, ''",
        "functional.h5, features",
    })
    void featuresAreThoseOfKeras(String file, String layer) throws Exception {
        FeatureEncoder encoder = open(file, layer);
        double[] expected = expected(file + " features ");
        assertThat(encoder.size(FORM)).isEqualTo(6);
        assertClose(encoder.encode(image(), FORM), expected);
    }

    @Test
    void mapsAreFeaturesInTheOrderOfTheirMemory() throws Exception {
        assertClose(
                open("channels-last.h5", "pool").encode(image(), FORM),
                expected("channels-last.h5 pool "));
    }

    @ParameterizedTest
    @CsvSource({
        "channels-last.h5, '[10, 8, 3] (channels_last)', '[8, 10, 3]'",
        "channels-first.h5, '[3, 10, 8] (channels_first)', '[3, 8, 10]'",
    })
    void anotherFormIsRefusedWithBothShapes(String file, String reads, String given) {
        assertThatThrownBy(
                        () ->
                                EncoderFiles.provider()
                                        .open(path(file), "", new ImageForm(3, 8, 10), 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(reads)
                .hasMessageContaining("images.height")
                .hasMessageContaining(given);
    }

    @Test
    void aLayerThatIsNotThereIsRefusedWithThoseThatAre() {
        assertThatThrownBy(() -> open("channels-last.h5", "fc7"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no layer 'fc7'")
                .hasMessageContaining("[conv, pool, features, classes]");
    }

    /**
     * Its Flatten keeps the order of maps with channels first, which no network can that was
     * turned.
     */
    @Test
    void channelsThatComeFirstAreRefusedWhereTurningChangesWhatALayerMeans() {
        assertThatThrownBy(() -> open("channels-first-told-late.h5", ""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a layer Flatten of channels_last")
                .hasMessageContaining("save it with channels_last");
    }

    private static FeatureEncoder open(String file, String layer) throws URISyntaxException {
        return EncoderFiles.provider().open(path(file), layer, FORM, 1);
    }

    private static Path path(String file) throws URISyntaxException {
        return Path.of(
                Objects.requireNonNull(KerasFilesTest.class.getResource("/keras/" + file)).toURI());
    }

    /** As {@code image()} in keras/make.py. */
    private static float[] image() {
        float[] image = new float[FORM.size()];
        for (int i = 0; i < image.length; i++) {
            image[i] = i * 7919 % 256 / 255f;
        }
        return image;
    }

    private static double[] expected(String start) throws IOException {
        try (InputStream in = KerasFilesTest.class.getResourceAsStream("/keras/expected.txt")) {
            String line =
                    new String(in.readAllBytes(), StandardCharsets.UTF_8)
                            .lines()
                            .filter(each -> each.startsWith(start))
                            .findFirst()
                            .orElseThrow();
            return Arrays.stream(line.substring(start.length()).split(" "))
                    .mapToDouble(Double::parseDouble)
                    .toArray();
        }
    }

    /** To 1e-5: both round to floats, after sums of some hundred products below 1. */
    private static void assertClose(float[] features, double[] expected) {
        assertThat(features).hasSameSizeAs(expected);
        double[] differences = new double[expected.length];
        Arrays.setAll(differences, i -> features[i] - expected[i]);
        assertThat(DoubleStream.of(differences).map(Math::abs).max().orElseThrow())
                .isCloseTo(0, within(1e-5));
    }
}

package freshet.pipelines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A wrong option of the image pipeline stops before the job starts and names itself. */
class ImageOptionsTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    images.channels              | 2        | must be 1 or 3
                    images.height                | 7        | from 8 to 1024
                    images.width                 | 1025     | from 8 to 1024
                    images.classes               | 1        | from 2 to 10000
                    images.max-bytes             | 0        | from 1 to
                    images.max-pixels            | 0        | from 1 to
                    labels.wait                  | 366 d    | from 0 to
                    labels.wait                  | 2 d      | labels.max-delay, which is 86400000 ms
                    labels.max-records           | 0        | from 1 to
                    adaptation.ramp-images       | 0        | at least 1
                    adaptation.prior-adjustment  | 3        | from 0.0 to 2.0
                    adaptation.rate              | 0        | to 1.0
                    adaptation.teacher-decay     | 1        | from 0.0 to
                    adaptation.batch             | 0        | from 1 to 4096
                    adaptation.source-updates    | 0        | from 1 to
                    adaptation.reservoir-per-class | 0      | from 1 to 100000
                    drift.adapt-images           | 0        | at least 1
                    canary.images                | 0        | in [1, 100000]
                    canary.tolerance             | 1.5      | in [0, 1]
                    score.window-records         | 9        | from 10 to
                    score.fading                 | 0        | to 1.0
                    score.report-every           | 0        | from 1 to
                    score.max-sources            | -1       | from 0 to 10000
                    """)
    void outOfRangeNamesOptionAndRange(String option, String value, String range) {
        Configuration config = new Configuration();
        config.setString(option, value);
        config.setString("pipeline", "images");
        assertThatThrownBy(() -> FreshetOptions.check(config))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(option)
                .hasMessageContaining(range);
    }

    @Test
    void anEncoderIsPartOfTheConfigurationThatAVersionCarries() {
        Configuration config = new Configuration();
        assertThat(ImageOptions.images(config).get(0).learner().configuration())
                .startsWith("convolutional");
        config.setString("images.encoder", "oriented-gradients");
        // 28 pixels make 7 cells of 4, 6 x 6 blocks of 4 cells with 9 directions: 1296 numbers.
        assertThat(ImageOptions.images(config).get(0).learner().configuration())
                .isEqualTo(
                        "encoder [oriented-gradients/1 cell=4 bins=9] perceptron inputs=1296"
                                + " width=128 blocks=2 classes=10");
    }

    /** This module has nothing on its class path that reads networks. */
    @Test
    void anEncoderFromAFileWithoutItsModuleNamesTheMavenProfile() {
        Configuration config = new Configuration();
        config.setString("images.encoder", "file");
        assertThatThrownBy(() -> ImageOptions.images(config))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("images.encoder-file is not set");
        config.setString("images.encoder-file", "clothes.zip");
        assertThatThrownBy(() -> ImageOptions.images(config))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("images.encoder file")
                .hasMessageContaining("Maven profile nd4j");
    }

    @Test
    void aModelIsCalledAsItsPipelineUnlessItHasAName() {
        Configuration config = new Configuration();
        config.set(FreshetOptions.PIPELINE, FreshetOptions.Pipeline.IMAGES);
        assertThat(FreshetOptions.models(config)).containsExactly("image");
        config.setString("models", "gift;ist");
        config.setString("model-overrides.ist.adaptation.method", "self-training");
        var models = ImageOptions.images(config);
        assertThat(models.get(0).learner().learning().method().mixing()).hasToString("LINEAR");
        assertThat(models.get(1).learner().learning().method().mixing()).hasToString("TARGET_ONLY");
    }
}

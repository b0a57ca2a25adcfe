package freshet.benchmarks.images;

import static org.assertj.core.api.Assertions.assertThat;

import freshet.benchmarks.images.HostileImages.Kind;
import freshet.learners.vision.FashionMnist;
import freshet.learners.vision.ImageDecoder;
import freshet.learners.vision.ImageLimits;
import org.junit.jupiter.api.Test;

/** A sample of {@code benchmarks/run hostile-images}. */
class HostileImagesTest {

    private static final int IMAGES = 2_000;

    private final HostileImages source = new HostileImages(FashionMnist.heldOut(), 3);

    @Test
    void nothingButTheCheckedExceptionComesOutOfTheDecoder() {
        var tally = new DecoderTally(new ImageDecoder(ImageLimits.defaults()));
        for (int i = 0; i < IMAGES; i++) {
            tally.add(source.hostile(i));
        }
        assertThat(tally.escaped()).isEmpty();
        assertThat(tally.given()).hasSize(Kind.values().length - 1);
        // A JPEG has no checksum; a picture with a bomb beside it is a picture.
        assertThat(tally.read().keySet()).isSubsetOf(Kind.JPEG_FLIPPED_BITS, Kind.PNG_HIDDEN_BOMB);
        assertThat(tally.read().get(Kind.PNG_HIDDEN_BOMB))
                .isEqualTo(tally.given().get(Kind.PNG_HIDDEN_BOMB));
        int read = tally.read().values().stream().mapToInt(Integer::intValue).sum();
        int refused = tally.reasons().values().stream().mapToInt(Integer::intValue).sum();
        assertThat(read + refused).isEqualTo(IMAGES);
        assertThat(tally.reasons().keySet()).noneMatch(reason -> reason.startsWith("other"));
    }

    @Test
    void soundImagesAreAllRead() {
        var tally = new DecoderTally(new ImageDecoder(ImageLimits.defaults()));
        for (int i = 0; i < 100; i++) {
            tally.add(source.get(Kind.SOUND, i));
        }
        assertThat(tally.read().get(Kind.SOUND)).isEqualTo(100);
    }

    @Test
    void anImageIsAFunctionOfSeedAndNumber() {
        var other = new HostileImages(FashionMnist.heldOut(), 3);
        for (int i = 0; i < 30; i++) {
            assertThat(other.hostile(i).image())
                    .usingRecursiveComparison()
                    .isEqualTo(source.hostile(i).image());
        }
    }
}

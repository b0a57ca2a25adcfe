package freshet.simulators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class CapsuleTest {

    @Test
    void aThinOneIsARod() {
        // m l² / 3
        assertThat(new Capsule(2, 1e-6, 3).inertiaAboutEnd()).isCloseTo(4, within(1e-4));
    }

    @Test
    void withoutLengthItIsASphere() {
        // 2/5 m r²
        assertThat(new Capsule(0, 0.5, 2).inertiaAboutEnd()).isCloseTo(0.2, within(1e-12));
    }

    @Test
    void weighsItsVolume() {
        // 1000 (pi 0.01² 0.12 + 4/3 pi 0.01³) = 0.037699 + 0.004189
        assertThat(Capsule.ofDensity(0.12, 0.01, 1000).mass()).isCloseTo(0.041888, within(1e-6));
    }
}

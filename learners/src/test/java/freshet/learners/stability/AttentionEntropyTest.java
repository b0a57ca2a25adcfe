package freshet.learners.stability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import freshet.learners.tensor.CounterRandom;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AttentionEntropyTest {

    /** One unit in the tenth digit after the point, the golden numbers' last. */
    private static final Offset<Double> EXACT = within(1e-10);

    @Test
    void entropiesOfKnownRows() {
        assertThat(AttentionEntropy.nats(1, 2, 3)).isCloseTo(0.8323955818, EXACT);
        assertThat(AttentionEntropy.nats(0, 0, 0, 0)).isCloseTo(1.3862943611, EXACT);
        assertThat(AttentionEntropy.nats(2, 1, 0, -1)).isCloseTo(0.9475369640, EXACT);
        assertThat(AttentionEntropy.nats(10, 0, 0, 0)).isCloseTo(0.0014980029, EXACT);
        assertThat(AttentionEntropy.nats(Math.log(0.7), Math.log(0.2), Math.log(0.1)))
                .isCloseTo(0.8018185525, EXACT);
        assertThat(AttentionEntropy.nats(Math.log(0.5), Math.log(0.25), Math.log(0.25)))
                .isCloseTo(1.0397207708, EXACT);
        assertThat(AttentionEntropy.nats(1000, 0)).isZero();
        assertThat(AttentionEntropy.nats(5)).isZero();
    }

    @Test
    void aCausalHeadRowByRow() {
        double[][] rows = {{0}, {1, 2}, {0, 0, 0}, {3, 1, -1, 0.5}};
        double[] nats = {0, 0.5822031089, 1.0986122887, 0.6560541977};
        double[] shares = {Double.NaN, 0.8399415380, 1, 0.4732430688};
        var raw = new Summary();
        var normalised = new Summary();
        for (int row = 0; row < rows.length; row++) {
            double entropy = AttentionEntropy.nats(rows[row]);
            assertThat(entropy).isCloseTo(nats[row], EXACT);
            raw.add(entropy);
            if (row > 0) {
                double share = AttentionEntropy.normalised(entropy, row + 1);
                assertThat(share).isCloseTo(shares[row], EXACT);
                normalised.add(share);
            }
        }
        assertThat(raw.of("entropy", 0, 0).mean()).isCloseTo(0.5842173988, EXACT);
        assertThat(normalised.of("share", 0, 0).mean()).isCloseTo(0.7710615356, EXACT);
        assertThatThrownBy(() -> AttentionEntropy.normalised(0, 1)).hasMessageContaining("2 keys");
    }

    /** Identity attention has no entropy, uniform attention all of ln 3; never the clamp's bias. */
    @Test
    void twoHeadsMergeToTheirMeanAndMinimum() {
        var both = new Summary();
        for (int row = 0; row < 3; row++) {
            double[] identity = {-1e9, -1e9, -1e9};
            identity[row] = 0;
            assertThat(AttentionEntropy.nats(identity)).isZero();
            both.add(AttentionEntropy.nats(identity));
            both.add(AttentionEntropy.nats(0, 0, 0));
        }
        assertThat(both.of("entropy", 0, 0).mean()).isCloseTo(0.5493061443, EXACT);
        assertThat(both.of("entropy", 0, 0).min()).isZero();
        assertThat(both.of("entropy", 0, 0).max()).isCloseTo(1.0986122887, EXACT);
    }

    @ParameterizedTest
    @CsvSource({
        "2, 0, 0.6931471806",
        "2, 0.5, 0.6343473744",
        "2, 1, 0.4941999170",
        "2, 2, 0.2152715693",
        "2, 4, 0.0231807623",
        "2, 8, 1.502805e-4",
        "2, 16, 3.5e-9",
        "4, 0, 1.3862943611",
        "4, 0.5, 1.3496190348",
        "4, 1, 1.2266594701",
        "4, 2, 0.7909450706",
        "4, 4, 0.1619235018",
        "4, 8, 0.0029878476",
        "4, 16, 5.533e-7",
        "8, 0, 2.0794415417",
        "8, 0.5, 2.0593105878",
        "8, 1, 1.9796911839",
        "8, 2, 1.5683023825",
        "8, 4, 0.4718947911",
        "8, 8, 0.0128946682",
        "8, 16, 4.725e-6",
        "64, 0, 4.1588830834",
        "64, 0.5, 4.1561675393",
        "64, 1, 4.1436986644",
        "64, 2, 4.0410873931",
        "64, 4, 2.8785470497",
        "64, 8, 0.1764992799",
        "64, 16, 1.069949e-4",
        "1024, 0, 6.9314718056",
        "1024, 0.5, 6.9313003956",
        "1024, 1, 6.9304969916",
        "1024, 2, 6.9233355440",
        "1024, 4, 6.7794473470",
        "1024, 8, 2.3330716933",
        "1024, 16, 0.0019425355",
    })
    void boundOfKnownNorms(int keys, double norm, double bound) {
        assertThat(AttentionEntropy.bound(keys, norm)).isCloseTo(bound, within(6e-11));
    }

    @Test
    void aHeadWorkedOutByHand() {
        double[][] inputs = {{1, 0}, {0, 1}, {1, 1}, {0.5, -1}};
        double[][] queries = product(inputs, new double[][] {{1, 2}, {0, 1}});
        double[][] keys = product(inputs, new double[][] {{0.5, 0}, {1, -1}});
        double[] nats = {1.21139074, 1.20630774, 0.83648851, 1.34830937};
        double[] norms = {1.2342761, 1.1726040, 2.3897568, 0.5912778};
        double[] bounds = {1.1403803983, 1.1646000779, 0.6144800494, 1.3338941076};
        var entropy = new Summary();
        var share = new Summary();
        float[] matrix = new float[16];
        double greatest = 0;
        for (int row = 0; row < 4; row++) {
            double[] logits = new double[4];
            for (int key = 0; key < 4; key++) {
                logits[key] =
                        (queries[row][0] * keys[key][0] + queries[row][1] * keys[key][1])
                                / Math.sqrt(2);
                matrix[row * 4 + key] = (float) logits[key];
                greatest = Math.max(greatest, Math.abs(logits[key]));
            }
            double actual = AttentionEntropy.nats(logits);
            double norm = AttentionEntropy.centredNorm(logits);
            assertThat(actual).isCloseTo(nats[row], within(6e-9));
            assertThat(norm).isCloseTo(norms[row], within(1e-7));
            assertThat(AttentionEntropy.bound(4, norm)).isCloseTo(bounds[row], EXACT);
            entropy.add(actual);
            share.add(AttentionEntropy.normalised(actual, 4));
        }
        assertThat(entropy.of("", 0, 0).mean()).isCloseTo(1.1506240908, EXACT);
        assertThat(share.of("", 0, 0).mean()).isCloseTo(0.8299998348, EXACT);
        assertThat(greatest).isCloseTo(1.5909902577, EXACT);
        var power = PowerIteration.random(4, 4, new CounterRandom(1, 0, 0));
        double sigma = 0;
        for (int i = 0; i < 60; i++) {
            sigma = power.step(matrix, 0);
        }
        // The matrix is held in 32-bit floats.
        assertThat(sigma).isCloseTo(3.0046320345, within(3e-7));
        assertThat(AttentionEntropy.bound(4, sigma)).isCloseTo(0.3856674351, within(1e-6));
        // The paper's cruder bound, from ||Wq Wk^T|| ||X X^T|| / sqrt 2.
        assertThat(AttentionEntropy.bound(4, 3.3561519769)).isCloseTo(0.2874541513, EXACT);
    }

    private static double[][] product(double[][] left, double[][] right) {
        double[][] product = new double[left.length][2];
        for (int row = 0; row < left.length; row++) {
            for (int column = 0; column < 2; column++) {
                product[row][column] =
                        left[row][0] * right[0][column] + left[row][1] * right[1][column];
            }
        }
        return product;
    }

    @Test
    void noRowFallsBelowItsBoundAndTheExtremeRowAttainsIt() {
        var random = new CounterRandom(5, 0, 0);
        for (int trial = 0; trial < 20_000; trial++) {
            int keys = 2 + (int) random.nextLong(15);
            double scale = Math.exp(4 * random.nextDouble() - 2);
            double[] logits = new double[keys];
            for (int i = 0; i < keys; i++) {
                logits[i] = scale * random.nextGaussian();
            }
            double entropy = AttentionEntropy.nats(logits);
            double bound = AttentionEntropy.bound(keys, AttentionEntropy.centredNorm(logits));
            assertThat(entropy).isBetween(bound - 1e-12, Math.log(keys) + 1e-12);

            double[] extreme = new double[keys];
            extreme[0] = scale;
            assertThat(AttentionEntropy.nats(extreme))
                    .isCloseTo(
                            AttentionEntropy.bound(keys, AttentionEntropy.centredNorm(extreme)),
                            within(1e-12));
        }
    }
}

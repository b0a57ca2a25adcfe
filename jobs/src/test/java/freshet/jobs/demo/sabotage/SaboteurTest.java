package freshet.jobs.demo.sabotage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import freshet.schemas.ControlCommand;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SaboteurTest {

    private static final long FROM_UPDATE = 450;

    private final List<ControlCommand> orders = new ArrayList<>();

    @Test
    void ordersAHigherRateOnce() {
        run(Sabotage.RATE, 20);
        assertThat(orders).hasSize(1);
        assertThat(orders.get(0).getAction()).isEqualTo("scaleLearningRate");
        assertThat(orders.get(0).getArguments()).containsEntry("factor", "30.00");
        assertThat(orders.get(0).getIssuedBy()).isEqualTo("sabotage");
    }

    @Test
    void aGrowingRateGrowsByFivePercentAnUpdateHoweverRarelyItIsOrdered() {
        run(Sabotage.RATE_GROWTH, 41);
        assertThat(factor(orders.size() - 1)).isCloseTo(Math.pow(1.05, 41), within(0.01));
        assertThat(orders).extracting(ControlCommand::getCommandId).doesNotHaveDuplicates();
    }

    @Test
    void sharpeningMultipliesToThreePercentAnUpdate() {
        run(Sabotage.TEMPERATURE, 41);
        double all = 1;
        for (int i = 0; i < orders.size(); i++) {
            all *= factor(i);
        }
        assertThat(all).isCloseTo(Math.pow(1.03, 41), within(0.02));
    }

    @Test
    void whereTextsAreAlteredNothingIsOrdered() {
        run(Sabotage.POISON, 20);
        assertThat(orders).isEmpty();
    }

    @Test
    void givesInWhenARemedyIsObeyed() {
        Saboteur saboteur = saboteur(Sabotage.TEMPERATURE);
        saboteur.stop(); // a remedy from before it began is none against it
        saboteur.reached(FROM_UPDATE);
        assertThat(orders).hasSize(1);
        saboteur.stop();
        saboteur.reached(FROM_UPDATE + 10);
        assertThat(orders).hasSize(1);
    }

    @Test
    void anUnknownSabotageIsRefusedWithTheList() {
        assertThat(Sabotage.of("rate-growth")).isEqualTo(Sabotage.RATE_GROWTH);
        assertThatThrownBy(() -> Sabotage.of("fire"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("rate, rate-growth, temperature, poison, frozen, garbage");
    }

    private void run(Sabotage sabotage, int updates) {
        Saboteur saboteur = saboteur(sabotage);
        for (long update = 1; update < FROM_UPDATE + updates; update++) {
            saboteur.reached(update);
        }
    }

    private Saboteur saboteur(Sabotage sabotage) {
        return new Saboteur(
                sabotage, "text", FROM_UPDATE, new SabotagedTexts(sabotage), orders::add);
    }

    private double factor(int order) {
        return Double.parseDouble(orders.get(order).getArguments().get("factor"));
    }
}

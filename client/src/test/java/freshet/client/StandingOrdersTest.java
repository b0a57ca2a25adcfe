package freshet.client;

import static org.assertj.core.api.Assertions.assertThat;

import freshet.schemas.ControlCommand;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StandingOrdersTest {

    private final StandingOrders orders = new StandingOrders();

    @Test
    void theLastCommandForARobotOrForAllHolds() {
        assertThat(orders.isStopped("arm")).isFalse();
        take(RobotClient.STOP, "arm");
        assertThat(orders.isStopped("arm")).isTrue();
        assertThat(orders.isStopped("leg")).isFalse();
        take(RobotClient.STOP, null);
        take(RobotClient.RESUME, "arm");
        assertThat(orders.isStopped("arm")).isFalse();
        assertThat(orders.isStopped("leg")).isTrue();
        take(RobotClient.STOP, null);
        assertThat(orders.isStopped("arm")).isTrue();
        take(RobotClient.RESUME, null);
        assertThat(orders.isStopped("arm")).isFalse();
    }

    @Test
    void trialsAndCommandsForModelsChangeNothing() {
        orders.take(new ControlCommand("1", "m", RobotClient.STOP, Map.of(), 0L, "test", true));
        take("freeze", null);
        assertThat(orders.isStopped("arm")).isFalse();
    }

    @Test
    void aStopThatCannotBeRememberedStopsAll() {
        for (int i = 0; i < StandingOrders.MOST_NAMES; i++) {
            take(RobotClient.STOP, "arm-" + i);
        }
        assertThat(orders.isStopped("leg")).isFalse();
        take(RobotClient.STOP, "one more");
        assertThat(orders.isStopped("arm-0")).isTrue();
        assertThat(orders.isStopped("leg")).isTrue();
    }

    @Test
    void aResumeThatCannotBeRememberedIsForgotten() {
        take(RobotClient.STOP, null);
        for (int i = 0; i <= StandingOrders.MOST_NAMES; i++) {
            take(RobotClient.RESUME, "arm-" + i);
        }
        assertThat(orders.isStopped("arm-0")).isTrue();
        assertThat(orders.isStopped("arm-1")).isFalse();
    }

    private void take(String action, String robot) {
        Map<String, String> arguments = robot == null ? Map.of() : Map.of(RobotClient.ROBOT, robot);
        orders.take(new ControlCommand("1", "m", action, arguments, 0L, "test", false));
    }
}

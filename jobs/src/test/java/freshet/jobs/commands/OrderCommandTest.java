package freshet.jobs.commands;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class OrderCommandTest {

    /** Before anything is sent: no broker is there. */
    @Test
    void learnersOfSeveralWorkersTakeNoOrders() {
        Ended ended =
                Ended.of(
                        List.of(
                                "control",
                                "freeze",
                                "--bootstrap",
                                "127.0.0.1:1",
                                "-Drounds.workers=2"));
        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.err())
                .contains("freeze is for a learner, and those of rounds.workers above 1");
    }
}

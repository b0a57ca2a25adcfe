package freshet.jobs.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LeadTest {

    @Test
    void givesRoomOnlyBelowTheLimit() throws InterruptedException {
        Lead lead = new Lead(2);
        lead.sent(10);
        lead.sent(20);
        assertThat(lead.awaitRoom(1)).isFalse();
        lead.predicted(10);
        assertThat(lead.awaitRoom(1)).isTrue();
        assertThat(lead.isCaughtUp()).isFalse();
        lead.predicted(20);
        assertThat(lead.isCaughtUp()).isTrue();
    }

    @Test
    void waitsForASlowLearnerToo() throws InterruptedException {
        Lead lead = new Lead(1);
        lead.sent(10);
        lead.sent(20);
        lead.predicted(20);
        assertThat(lead.awaitRoom(1)).isFalse(); // two texts not learned: twice the limit
        lead.learned(10);
        assertThat(lead.awaitRoom(1)).isTrue();
    }

    @Test
    void doesNotWaitForWhatWasPredictedBeforeItHeardOfIt() throws InterruptedException {
        Lead lead = new Lead(1);
        lead.predicted(10);
        lead.learned(10);
        lead.sent(10);
        assertThat(lead.awaitRoom(1)).isTrue();
    }

    @Test
    void aFrozenLearnerIsNotWaitedFor() throws InterruptedException {
        Lead lead = new Lead(1);
        lead.sent(10);
        lead.sent(20);
        lead.predicted(20);
        lead.learns(false);
        assertThat(lead.awaitRoom(1)).isTrue();
        lead.learns(true);
        assertThat(lead.awaitRoom(1)).isFalse();
    }
}

package freshet.learners;

import static org.assertj.core.api.Assertions.assertThat;

import freshet.learners.LearnedRecords.Run;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LearnedRecordsTest {

    @Test
    void runsAreToldInShort() {
        var records =
                new LearnedRecords(
                        List.of(
                                new Run("mill/12", "mill/15"),
                                new Run("arm/3/17", "arm/4/2"),
                                new Run("picture", "picture")),
                        5);
        assertThat(records.words(3))
                .isEqualTo("mill/12..15, arm/3/17..arm/4/2, picture and 5 more");
        assertThat(records.words(1)).isEqualTo("mill/12..15 and 7 more");
        assertThat(LearnedRecords.NONE.words(3)).isEmpty();
    }

    @Test
    void noMoreAreKeptThanThereIsRoomFor() {
        List<String> ids = IntStream.range(0, 70).mapToObj(i -> "picture " + i).toList();
        LearnedRecords records = LearnedRecords.ofEach(ids);
        assertThat(records.runs()).hasSize(LearnedRecords.MAX_RUNS);
        assertThat(records.leftOut()).isEqualTo(70 - LearnedRecords.MAX_RUNS);
    }
}

package freshet.jobs.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import freshet.jobs.page.PageActions.Action;
import freshet.jobs.page.PageActions.Argument;
import freshet.operators.LearnerActions;
import freshet.pipelines.FreshetOptions.Pipeline;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PageActionsTest {

    private static final List<Action> TEXT = PageActions.of(Pipeline.TEXT);

    @Test
    void whatIsOfferedIsWhatLearnersKnow() {
        for (Pipeline pipeline : Pipeline.values()) {
            for (Action action : PageActions.of(pipeline)) {
                if (action.answersTrials()) {
                    assertThat(LearnerActions.ARGUMENTS).containsKey(action.name());
                    assertThat(LearnerActions.ARGUMENTS.get(action.name()))
                            .containsAll(action.arguments().stream().map(Argument::name).toList());
                }
            }
        }
        assertThat(TEXT.stream().map(Action::name))
                .containsExactlyInAnyOrderElementsOf(LearnerActions.ARGUMENTS.keySet());
        assertThat(PageActions.of(Pipeline.ROBOTS).stream().map(Action::name))
                .contains("safeStop", "resume");
    }

    @Test
    void whatIsLeftOutIsTheStandardAndWhatHasNoneIsNeeded() {
        assertThat(PageActions.checked(TEXT, "scaleLearningRate", Map.of("factor", " 2 ")))
                .containsExactlyInAnyOrderEntriesOf(Map.of("factor", "2", "steps", "0"));
        assertThatThrownBy(() -> PageActions.checked(TEXT, "rewind", Map.of()))
                .hasMessage("rewind needs version");
        assertThat(
                        PageActions.checked(
                                PageActions.of(Pipeline.ROBOTS), "safeStop", Map.of("robot", "")))
                .isEmpty();
    }

    @Test
    void whatDoesNotFitIsRefusedInWords() {
        assertRefused("freeze", Map.of("model", "x"), "freeze has no argument model");
        assertRefused("melt", Map.of(), "no action melt");
        assertRefused("safeStop", Map.of(), "no action safeStop");
        for (String factor : List.of("0", "-1", "1001", "NaN", "Infinity", "a", "1".repeat(40))) {
            assertRefused("scaleLearningRate", Map.of("factor", factor), "which does not fit");
        }
        for (String version : List.of("1.5", "-1", "1e3", "9".repeat(19))) {
            assertRefused("rewind", Map.of("version", version), "which does not fit");
        }
        assertRefused("reparameterise", Map.of("on", "yes"), "which does not fit");
    }

    private static void assertRefused(String name, Map<String, String> given, String why) {
        assertThatThrownBy(() -> PageActions.checked(TEXT, name, given))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(why);
    }
}

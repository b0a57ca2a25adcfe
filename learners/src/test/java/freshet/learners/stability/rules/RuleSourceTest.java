package freshet.learners.stability.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RuleSourceTest {

    private static final String GOOD =
            """
            rules:
              LOSS:
                severity: high
                message: told
                when: {kind: robustZ, signal: lossNats, above: 8, window: 100}
            """;

    @Test
    void theDefaultRulesAreThoseOfTheSpecification() {
        assertThat(RuleSource.defaults().read().names())
                .contains(
                        "NONFINITE",
                        "LOSS_SPIKE",
                        "CO_SPIKE",
                        "DIVERGENCE",
                        "ENTROPY_COLLAPSE",
                        "ENTROPY_COLLAPSE_LAYER",
                        "ENTROPY_RISK",
                        "HEAD_SPIKY_BUT_FINE",
                        "MAX_LOGIT",
                        "SIGMA_GROWTH",
                        "LOGZ_DRIFT",
                        "CLIP_RATE",
                        "GRAD_VANISH",
                        "RMS_G",
                        "DRIFT",
                        "SELFTRAIN_COLLAPSE",
                        "CONTRASTIVE_COLLAPSE",
                        "MEMORY_DRIFT",
                        "STALE_MODEL",
                        "SILENT",
                        "SLOW",
                        "LAG");
    }

    @Test
    void theDocumentNamesEveryDefaultRule() throws Exception {
        String document = Files.readString(Path.of("..", "docs", "stability.md"));
        assertThat(document).contains(RuleSource.defaults().read().names());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "kind: robustZ | kind: robustX | line 5 | nonFinite, threshold, robustZ",
                "window: 100 | windows: 100 | line 5 | window",
                "window: 100 | window: 2 | line 5 | from 5 to",
                "window: 100 | window: many | line 5 | must be a number",
                "window: 100 | window: 7.5 | line 5 | whole",
                "above: 8 | above: -1 | line 5 | from",
                "signal: lossNats | signal: lossNat | line 5 | lossNats",
                "severity: high | severity: dire | line 3 | info, warn, high, page",
                "message: told | massage: told | line 2 | message is missing",
                "LOSS: | loss: | line 2 | capitals",
                "rules: | rulez: | line 1 | rules",
                "message: told | message: [told | line 5 | expected",
            })
    void aBadRuleIsRefusedWithItsLine(String good, String bad, String line, String says) {
        assertThat(GOOD).contains(good);
        assertThatThrownBy(() -> Reports.rules(GOOD.replace(good, bad)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("test.yaml " + line)
                .hasMessageContaining(says);
    }

    @Test
    void aNameThatIsThereTwiceIsRefused() {
        assertThatThrownBy(() -> Reports.rules(GOOD + GOOD.substring(GOOD.indexOf('\n') + 1)))
                .hasMessageContaining("test.yaml line 6: LOSS is there twice");
    }

    @Test
    void aFileMayChangeSingleDefaultRulesAndLeaveOthersOut() {
        RuleSet rules =
                Reports.rules(
                        """
                        extends: default
                        off: [LOGZ_DRIFT]
                        rules:
                          LOSS_SPIKE:
                            severity: page
                        """);
        assertThat(rules.names()).doesNotContain("LOGZ_DRIFT").contains("CO_SPIKE");
        Rule changed = rule(rules, "LOSS_SPIKE");
        Rule before = rule(RuleSource.defaults().read(), "LOSS_SPIKE");
        assertThat(changed.severity()).isEqualTo(Severity.PAGE);
        assertThat(changed.conditions()).isEqualTo(before.conditions());
    }

    @Test
    void aChangedDefaultRuleIsRefusedWithTheLineOfWhatIsWrong() {
        assertThatThrownBy(
                        () ->
                                Reports.rules(
                                        """
                                        extends: default
                                        rules:
                                          LOSS_SPIKE: {warmUp: -3}
                                        """))
                .hasMessageContaining("test.yaml line 3")
                .hasMessageContaining("LOSS_SPIKE.warmUp");
    }

    @Test
    void leavingOutARuleThatIsNotThereIsRefused() {
        assertThatThrownBy(() -> Reports.rules("extends: default\noff: [LOSS_SPYKE]\n"))
                .hasMessageContaining("test.yaml line 2")
                .hasMessageContaining("LOSS_SPYKE");
        assertThatThrownBy(() -> RuleSource.defaults().without(List.of("X")).read())
                .hasMessageContaining("X");
    }

    @Test
    void suppressingARuleThatIsNotThereIsRefused() {
        assertThatThrownBy(() -> Reports.rules(GOOD + "    suppresses: [LOSSES]\n"))
                .hasMessageContaining("test.yaml line 6")
                .hasMessageContaining("LOSSES");
    }

    private static Rule rule(RuleSet rules, String name) {
        return rules.rules().stream()
                .filter(rule -> rule.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}

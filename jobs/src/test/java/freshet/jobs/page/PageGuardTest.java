package freshet.jobs.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PageGuardTest {

    private static final String TOKEN = "correct-horse-battery";

    private final PageGuard open = new PageGuard(8787, Optional.empty(), Set.of());
    private final PageGuard guarded =
            new PageGuard(8787, Optional.of(TOKEN), Set.of("trainer.example"));

    @ParameterizedTest
    @ValueSource(
            strings = {"localhost:8787", "127.0.0.1:8787", "[::1]:8787", "LOCALHOST", "10.0.0.7:1"})
    void addressesAndLocalhostAreOurs(String host) {
        assertThat(refused(open, Map.of("Host", host), false)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.example:8787",
                "localhost.evil.example:8787",
                "127.0.0.1.evil.example",
                "trainer.example:8787",
                "127.0.0.1:8787@evil.example",
                ""
            })
    void aForeignNameIsRefusedWhateverItResolvesTo(String host) {
        assertThat(refused(open, Map.of("Host", host), false)).contains(421);
    }

    @Test
    void aNameThatWasGivenIsOurs() {
        assertThat(refused(guarded, Map.of("Host", "Trainer.example:8787"), false)).isEmpty();
        assertThat(refused(open, Map.of(), false)).contains(421);
    }

    @Test
    void whatChangesSomethingMustComeFromThePage() {
        String host = "localhost:8787";
        assertThat(refused(open, Map.of("Host", host), true)).contains(403);
        assertThat(refused(open, Map.of("Host", host, "Origin", "null"), true)).contains(403);
        assertThat(refused(open, Map.of("Host", host, "Origin", "http://localhost:1"), true))
                .contains(403);
        assertThat(refused(open, Map.of("Host", host, "Origin", "http://" + host), true)).isEmpty();
        assertThat(refused(open, Map.of("Host", host, "Origin", "https://" + host), true))
                .isEmpty();
    }

    @Test
    void anotherSiteMayLinkToThePageButNotReadItsEvents() {
        Map<String, String> fromElsewhere =
                Map.of("Host", "localhost:8787", "Sec-Fetch-Site", "cross-site");
        assertThat(open.foreign(fromElsewhere::get, false, true)).isEmpty();
        assertThat(refused(open, fromElsewhere, false)).contains(403);
        assertThat(
                        refused(
                                open,
                                Map.of("Host", "localhost", "Origin", "http://evil.example"),
                                false))
                .contains(403);
    }

    @Test
    void theTokenOrItsCookieIsNeeded() {
        assertThat(open.isSignedIn(Map.<String, String>of()::get)).isTrue();
        assertThat(guarded.isSignedIn(Map.<String, String>of()::get)).isFalse();
        assertThat(guarded.isSignedIn(Map.of("Authorization", "Bearer " + TOKEN)::get)).isTrue();
        assertThat(guarded.isSignedIn(Map.of("Authorization", "Bearer " + TOKEN + "x")::get))
                .isFalse();
        assertThat(guarded.isSignedIn(Map.of("Authorization", "Bearer ")::get)).isFalse();
        String cookie = guarded.cookie().substring(0, guarded.cookie().indexOf(';'));
        assertThat(guarded.cookie()).doesNotContain(TOKEN).contains("HttpOnly", "SameSite=Strict");
        assertThat(guarded.isSignedIn(Map.of("Cookie", "a=b; " + cookie)::get)).isTrue();
        assertThat(guarded.isSignedIn(Map.of("Cookie", "freshet-8787=" + TOKEN)::get)).isFalse();
        PageGuard restarted = new PageGuard(8787, Optional.of(TOKEN), Set.of());
        assertThat(restarted.isSignedIn(Map.of("Cookie", cookie)::get)).isFalse();
    }

    private static Optional<Integer> refused(
            PageGuard guard, Map<String, String> headers, boolean changes) {
        return guard.foreign(headers::get, changes, false).map(PageGuard.Refusal::status);
    }
}

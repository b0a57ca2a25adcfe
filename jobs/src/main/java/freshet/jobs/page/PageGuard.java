package freshet.jobs.page;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Who may have the page. Whatever is refused is refused before a body is read.
 *
 * <p>{@code Host} must be an address, {@code localhost} or a name that was given: a foreign name
 * that resolves to us (DNS rebinding) is none of these. {@code Origin}, where a browser sends it,
 * must be the page's own, and what changes something must have one. With a token, everything but
 * the form that asks for it needs the token itself ({@code Authorization: Bearer}) or the cookie
 * that was given for it; the cookie's value is drawn anew at each start and is not the token.
 */
final class PageGuard {

    /**
     * A refusal.
     *
     * @param status of HTTP
     * @param why for people
     */
    record Refusal(int status, String why) {}

    private static final int DRAWN_BYTES = 24;
    private static final String BEARER = "Bearer ";

    private final Set<String> names;
    private final byte[] tokenHash; // null: none is asked for
    private final String cookieName;
    private final String cookieValue = drawn();

    /**
     * @param port of the page, so that pages of one host do not take each other's cookies
     * @param names hosts by which the page may be called, besides localhost and addresses
     */
    PageGuard(int port, Optional<String> token, Set<String> names) {
        this.names = Set.copyOf(names);
        tokenHash = token.map(PageGuard::hash).orElse(null);
        cookieName = "freshet-" + port;
    }

    /** 192 random bits, in letters that an URL takes. */
    static String drawn() {
        byte[] bytes = new byte[DRAWN_BYTES];
        new SecureRandom().nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /**
     * Why a request is refused; empty if it is not.
     *
     * @param header a request header by its name, null if there is none
     * @param changes whether it changes something
     * @param navigates whether a person may come to it by a link from elsewhere
     */
    Optional<Refusal> foreign(Function<String, String> header, boolean changes, boolean navigates) {
        String host = header.apply("Host");
        if (host == null || !isOurs(host)) {
            return Optional.of(
                    new Refusal(
                            421,
                            "this page does not go by that name; freshet page --name allows it"));
        }
        String origin = header.apply("Origin");
        boolean own =
                origin != null
                        && (origin.equalsIgnoreCase("http://" + host)
                                || origin.equalsIgnoreCase("https://" + host));
        if ((changes && !own) || (origin != null && !own)) {
            return Optional.of(new Refusal(403, "this must come from the page itself"));
        }
        String site = header.apply("Sec-Fetch-Site");
        if (!navigates && site != null && !site.equals("same-origin") && !site.equals("none")) {
            return Optional.of(new Refusal(403, "this must come from the page itself"));
        }
        return Optional.empty();
    }

    private boolean isOurs(String host) {
        String name = host.replaceFirst(":[0-9]{1,5}$", "").toLowerCase(Locale.ROOT);
        return name.equals("localhost")
                || name.matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}")
                || name.matches("\\[[0-9a-f:.]{2,45}]")
                || names.contains(name);
    }

    /** Whether a request has the token or its cookie, or none is asked for. */
    boolean isSignedIn(Function<String, String> header) {
        if (tokenHash == null) {
            return true;
        }
        String authorization = header.apply("Authorization");
        if (authorization != null && authorization.startsWith(BEARER)) {
            return isToken(authorization.substring(BEARER.length()));
        }
        String cookies = header.apply("Cookie");
        if (cookies == null) {
            return false;
        }
        for (String cookie : cookies.split(";", -1)) {
            String[] pair = cookie.strip().split("=", 2);
            if (pair.length == 2 && pair[0].equals(cookieName)) {
                return MessageDigest.isEqual(hash(pair[1]), hash(cookieValue));
            }
        }
        return false;
    }

    /** In constant time: hashes are compared, whose length says nothing. */
    boolean isToken(String given) {
        return tokenHash != null && MessageDigest.isEqual(hash(given), tokenHash);
    }

    /** What a browser keeps after it has shown the token: no script can read it. */
    String cookie() {
        return "%s=%s; Path=/; HttpOnly; SameSite=Strict".formatted(cookieName, cookieValue);
    }

    private static byte[] hash(String text) {
        try {
            return MessageDigest.getInstance("SHA-256")
                    .digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }
}

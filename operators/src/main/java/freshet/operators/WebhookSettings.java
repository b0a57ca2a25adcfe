package freshet.operators;

import java.io.Serializable;
import java.net.URI;
import java.time.Duration;

/**
 * Whom to tell of alerts by HTTP.
 *
 * @param url http or https
 * @param secretVariable environment variable that holds the secret of the Authorization header;
 *     empty: none is sent
 * @param queue alerts that wait at most, from 1; the oldest goes first
 * @param attempts for each alert, from 1
 * @param firstPause after the first failure; each further one is twice as long, at most a minute
 * @param timeout of connecting, and of an answer
 */
public record WebhookSettings(
        URI url,
        String secretVariable,
        int queue,
        int attempts,
        Duration firstPause,
        Duration timeout)
        implements Serializable {

    /**
     * @throws IllegalArgumentException if the URL is none for HTTP
     */
    public WebhookSettings {
        if (url.getHost() == null
                || !("http".equals(url.getScheme()) || "https".equals(url.getScheme()))) {
            throw new IllegalArgumentException("must be an http or https URL with a host");
        }
        if (queue < 1 || attempts < 1) {
            throw new IllegalArgumentException("queue %d, attempts %d".formatted(queue, attempts));
        }
    }

    /** Eight attempts: about four minutes. */
    public static WebhookSettings of(URI url, String secretVariable, int queue) {
        return new WebhookSettings(
                url, secretVariable, queue, 8, Duration.ofSeconds(2), Duration.ofSeconds(10));
    }
}

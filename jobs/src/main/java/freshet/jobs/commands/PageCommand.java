package freshet.jobs.commands;

import freshet.jobs.CommandFailure;
import freshet.jobs.KafkaAccess;
import freshet.jobs.StopSignal;
import freshet.jobs.page.LivePage;
import freshet.pipelines.FreshetOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import org.apache.flink.configuration.Configuration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code freshet page}: what happens, in a browser. */
@Command(
        name = "page",
        description =
                "Serves a page that shows models, scores, alerts and what was done, live, and takes"
                        + " orders. It reads the topics alone: the job may stop, and starts again"
                        + " without it.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "On loopback whoever can log in to this machine can open it. Bound elsewhere it asks",
            "for a token. Its traffic is not encrypted: across a network use ssh -L, or a proxy",
            "with TLS.",
            "",
            "Examples:",
            "  freshet page --config freshet.yaml",
            "  freshet page --bind 0.0.0.0 --name trainer.example --token-from PAGE_TOKEN"
        })
public final class PageCommand implements Runnable {

    private static final int MIN_TOKEN_CHARACTERS = 16;
    private static final long LOOK_EVERY_MILLIS = 60_000;

    @Spec private CommandSpec spec;
    @Mixin private SettingsOptions settings;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "8787",
            description = "From 1 to 65535, 0 for any free one; default: ${DEFAULT-VALUE}.")
    private int port;

    @Option(
            names = "--bind",
            paramLabel = "ADDRESS",
            defaultValue = LivePage.LOOPBACK,
            description = "Address to listen at; default: ${DEFAULT-VALUE}, this machine alone.")
    private String bind;

    @Option(
            names = "--name",
            paramLabel = "HOST",
            description =
                    "Name by which browsers may call it, besides localhost and addresses; may be"
                            + " repeated.")
    private List<String> names = new ArrayList<>();

    @Option(
            names = "--token-from",
            paramLabel = "VARIABLE",
            description =
                    "Environment variable with the token that must be shown, 16 characters or"
                            + " more; default: none on loopback, elsewhere one that is drawn and"
                            + " printed once.")
    private String tokenFrom;

    @Override
    public void run() {
        if (port < 0 || port > 65_535) {
            throw new ParameterException(
                    spec.commandLine(), "--port is %d, must be from 0 to 65535".formatted(port));
        }
        Configuration configuration = settings.read();
        KafkaAccess kafka = SettingsOptions.kafka(configuration);
        // Fails if there is no broker; a topic may come later, but this one comes with the job.
        kafka.partitions(configuration.get(FreshetOptions.TELEMETRY_TOPIC));
        var lowerCase = new TreeSet<String>();
        names.forEach(name -> lowerCase.add(name.toLowerCase(Locale.ROOT)));
        Optional<String> token = givenToken();
        boolean open = new LivePage.Access(bind, port, token, lowerCase).isLoopback();
        boolean drawn = token.isEmpty() && !open;
        if (drawn) {
            token = Optional.of(LivePage.newToken());
        }
        var out = spec.commandLine().getOut();
        StopSignal stop = StopSignal.install();
        try (var page =
                LivePage.start(
                        kafka, configuration, new LivePage.Access(bind, port, token, lowerCase))) {
            out.printf("live page at %s, Ctrl-C stops it%n", page.url());
            if (drawn) {
                out.printf("its token, said only here: %s%n", token.orElseThrow());
            }
            out.flush();
            while (!stop.await(LOOK_EVERY_MILLIS)) {}
        }
    }

    private Optional<String> givenToken() {
        if (tokenFrom == null) {
            return Optional.empty();
        }
        String token = System.getenv(tokenFrom);
        if (token == null || token.length() < MIN_TOKEN_CHARACTERS) {
            throw new CommandFailure(
                    "environment variable %s must hold a token of %d characters or more"
                            .formatted(tokenFrom, MIN_TOKEN_CHARACTERS));
        }
        return Optional.of(token);
    }
}

package freshet.jobs.commands;

import freshet.jobs.EmbeddedKafka;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code freshet kafka}: a broker for trying things out, where there is none. */
@Command(
        name = "kafka",
        description =
                "Runs a Kafka broker on this machine until stopped; for trying things out, not"
                        + " for production.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  freshet kafka --port 9092 --folder .freshet/kafka",
            "  freshet kafka --folder /tmp/kafka"
        })
public final class KafkaCommand implements Runnable {

    @Spec private CommandSpec spec;

    @Option(
            names = "--folder",
            paramLabel = "FOLDER",
            defaultValue = ".freshet/kafka",
            description = "Where topics are kept; default: ${DEFAULT-VALUE}.")
    private Path folder;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "9092",
            description = "From 1 to 65535, 0 for any free one; default: ${DEFAULT-VALUE}.")
    private int port;

    @Option(
            names = "--advertised-port",
            paramLabel = "PORT",
            description = "Where clients are told to come, if something forwards from there.")
    private int advertisedPort;

    @Option(
            names = "--nodes",
            paramLabel = "HOST:PORT",
            split = ",",
            description = {
                "Of several brokers: the address of each one's controller, the same list for all.",
                "Each record is then kept by up to three of them."
            })
    private List<String> nodes;

    @Option(
            names = "--node",
            paramLabel = "N",
            defaultValue = "1",
            description = "Which of --nodes this is, from 1; default: ${DEFAULT-VALUE}.")
    private int node;

    @Override
    public void run() {
        var place =
                nodes == null
                        ? EmbeddedKafka.Node.alone(advertisedPort)
                        : new EmbeddedKafka.Node(node, nodes, advertisedPort);
        EmbeddedKafka kafka = EmbeddedKafka.start(folder, port, place);
        Runtime.getRuntime().addShutdownHook(new Thread(kafka::close, "close kafka"));
        var out = spec.commandLine().getOut();
        out.printf("Kafka answers at %s, Ctrl-C stops it%n", kafka.bootstrapServers());
        out.flush();
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

package freshet.jobs.page;

import freshet.jobs.CommandFailure;
import freshet.jobs.ControlSender;
import freshet.jobs.KafkaAccess;
import freshet.pipelines.FreshetOptions;
import freshet.pipelines.RobotOptions;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.flink.configuration.Configuration;

/** The page, from the topics to the browser. It needs a broker and nothing of the job. */
public final class LivePage implements AutoCloseable {

    /** The loopback address, where only this machine's own users come in. */
    public static final String LOOPBACK = "127.0.0.1";

    private final PageReader reader;
    private final Optional<Foresight> foresight; // of robots
    private final PageServer server;
    private final InetAddress address;

    private LivePage(
            PageReader reader,
            Optional<Foresight> foresight,
            PageServer server,
            InetAddress address) {
        this.reader = reader;
        this.foresight = foresight;
        this.server = server;
        this.address = address;
    }

    /**
     * How the page is reached.
     *
     * @param bind address to listen at
     * @param port 0 for any free one
     * @param token must be shown by who wants the page; empty only on loopback
     * @param names hosts by which it may be called besides localhost and addresses, in lower case
     */
    public record Access(String bind, int port, Optional<String> token, Set<String> names) {

        /** On a free port of this machine, without a token. */
        public static Access local() {
            return new Access(LOOPBACK, 0, Optional.empty(), Set.of());
        }

        /**
         * @throws CommandFailure if there is no such address
         */
        public boolean isLoopback() {
            return address().isLoopbackAddress();
        }

        private InetAddress address() {
            try {
                return InetAddress.getByName(bind);
            } catch (UnknownHostException e) {
                throw new CommandFailure("there is no address " + bind, e);
            }
        }
    }

    /** A token that nobody can guess. */
    public static String newToken() {
        return PageGuard.drawn();
    }

    /**
     * Starts; the page is served when this returns, and fills as records are read.
     *
     * @param config names topics, pipeline and models
     * @throws CommandFailure if the address cannot be had
     */
    public static LivePage start(KafkaAccess kafka, Configuration config, Access access) {
        if (access.token().isEmpty() && !access.isLoopback()) {
            throw new CommandFailure("a page that others can reach needs a token");
        }
        List<String> models = FreshetOptions.models(config);
        var pipeline = config.get(FreshetOptions.PIPELINE);
        var state = new PageState(pipeline, models, System::currentTimeMillis);
        var orders =
                new PageOrders(
                        models,
                        PageActions.of(pipeline),
                        kafka.servers(),
                        "page of " + System.getProperty("user.name", "unknown"),
                        new ControlSender(kafka, config.get(FreshetOptions.CONTROL_TOPIC))::send,
                        System::currentTimeMillis);
        InetAddress address = access.address();
        var server =
                new PageServer(
                        new InetSocketAddress(address, access.port()),
                        port -> new PageGuard(port, access.token(), access.names()),
                        new EventStream(state),
                        orders);
        Optional<Foresight> foresight =
                pipeline == FreshetOptions.Pipeline.ROBOTS
                        ? Optional.of(
                                new Foresight(
                                        kafka,
                                        config.get(FreshetOptions.MODELS_TOPIC),
                                        RobotOptions.robots(config).get(0).learner(),
                                        state))
                        : Optional.empty();
        var reader = new PageReader(kafka, PageTopics.of(config), state);
        reader.start();
        foresight.ifPresent(Foresight::start);
        return new LivePage(reader, foresight, server, address);
    }

    /** Where a browser finds it. */
    public String url() {
        String host = address.getHostAddress();
        return "http://%s:%d/"
                .formatted(host.contains(":") ? "[" + host + "]" : host, server.port());
    }

    @Override
    public void close() {
        server.close();
        foresight.ifPresent(Foresight::close);
        reader.close();
    }
}

package freshet.jobs.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NetworkCutTest {

    private static final InetAddress HERE = InetAddress.getLoopbackAddress();

    private ServerSocket server;
    private NetworkCut network;
    private int port;

    @BeforeEach
    void listen() throws IOException {
        server = new ServerSocket(0, 5, HERE);
        try (var free = new ServerSocket(0, 1, HERE)) {
            port = free.getLocalPort();
        }
        network = NetworkCut.between(port, server.getLocalPort());
    }

    @AfterEach
    void close() throws IOException {
        network.close();
        server.close();
    }

    @Test
    void bytesGoBothWays() throws IOException {
        try (var client = new Socket(HERE, port);
                var served = server.accept()) {
            client.getOutputStream().write(7);
            assertThat(served.getInputStream().read()).isEqualTo(7);
            served.getOutputStream().write(8);
            assertThat(client.getInputStream().read()).isEqualTo(8);
        }
    }

    @Test
    void whileItIsCutNothingArrivesAndNothingIsLost() throws IOException {
        try (var client = new Socket(HERE, port);
                var served = server.accept()) {
            network.cut();
            client.getOutputStream().write(7);
            served.setSoTimeout(200);
            assertThatThrownBy(() -> served.getInputStream().read())
                    .isInstanceOf(SocketTimeoutException.class);
            network.mend();
            served.setSoTimeout(0);
            assertThat(served.getInputStream().read()).isEqualTo(7);
        }
    }

    @Test
    void aServerThatIsNotThereClosesTheConnection() throws IOException {
        server.close();
        try (var client = new Socket(HERE, port)) {
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void theEndOfOneSideIsThatOfTheOther() throws IOException {
        try (var client = new Socket(HERE, port)) {
            server.accept().close();
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
    }
}

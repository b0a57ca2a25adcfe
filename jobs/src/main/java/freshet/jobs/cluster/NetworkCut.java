package freshet.jobs.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The way from clients to a server, which can be cut: nothing gets through then, in either
 * direction, but no connection is closed, as if packets were lost. What was on its way arrives once
 * it is mended.
 */
public final class NetworkCut implements AutoCloseable {

    private static final int BUFFER_BYTES = 1 << 16;

    private final ServerSocket clients;
    private final InetSocketAddress server;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private boolean isCut;

    private NetworkCut(ServerSocket clients, InetSocketAddress server) {
        this.clients = clients;
        this.server = server;
    }

    /**
     * Begins to forward, in threads that do not keep the process.
     *
     * @param port of the loopback address, at which clients come
     * @param serverPort of the loopback address; the server need not be there yet
     */
    public static NetworkCut between(int port, int serverPort) {
        InetAddress host = InetAddress.getLoopbackAddress();
        try {
            var clients = new ServerSocket();
            clients.setReuseAddress(true);
            clients.bind(new InetSocketAddress(host, port));
            var cut = new NetworkCut(clients, new InetSocketAddress(host, serverPort));
            start(cut::accept);
            return cut;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public synchronized void cut() {
        isCut = true;
    }

    public synchronized void mend() {
        isCut = false;
        notifyAll();
    }

    private synchronized void awaitMended() throws InterruptedException {
        while (isCut) {
            wait();
        }
    }

    private void accept() {
        while (!clients.isClosed()) {
            try {
                Socket client = clients.accept();
                open.add(client);
                start(() -> connect(client));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void connect(Socket client) {
        var there = new Socket();
        open.add(there);
        try {
            awaitMended();
            there.connect(server);
            start(() -> forward(there, client));
            forward(client, there);
        } catch (IOException e) {
            closeBoth(client, there); // as a server that is not there refuses
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void forward(Socket from, Socket to) {
        byte[] buffer = new byte[BUFFER_BYTES];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                awaitMended();
                out.write(buffer, 0, read);
            }
        } catch (IOException e) {
            // one side is gone: so is the other, below
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        closeBoth(from, to);
    }

    private void closeBoth(Socket one, Socket other) {
        for (Socket socket : new Socket[] {one, other}) {
            open.remove(socket);
            close(socket);
        }
    }

    private static void close(AutoCloseable socket) {
        try {
            socket.close();
        } catch (Exception e) {
            // it is of no more use anyway
        }
    }

    private static void start(Runnable work) {
        Thread thread = new Thread(work, "network-cut");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        close(clients);
        open.forEach(NetworkCut::close);
        mend();
    }
}

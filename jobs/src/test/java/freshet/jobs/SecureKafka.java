package freshet.jobs;

import freshet.jobs.KafkaRights.Right;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;

/**
 * A real broker with access control, on three listeners: TLS with passwords (SCRAM), TLS with
 * certificates of both sides, and plain for its administrator. Keys are made by the JDK's keytool.
 */
final class SecureKafka implements AutoCloseable {

    private static final String HOST = "127.0.0.1";

    private final EmbeddedKafka broker;
    private final Path keys;
    private final String storePassword;
    private final int passwordPort;
    private final int certificatePort;

    private SecureKafka(
            EmbeddedKafka broker,
            Path keys,
            String storePassword,
            int passwordPort,
            int certificatePort) {
        this.broker = broker;
        this.keys = keys;
        this.storePassword = storePassword;
        this.passwordPort = passwordPort;
        this.certificatePort = certificatePort;
    }

    /**
     * @param storePassword of all key stores
     * @param certified users that have a certificate
     */
    static SecureKafka start(Path folder, String storePassword, List<String> certified)
            throws IOException, InterruptedException {
        Path keys = Files.createDirectories(folder.resolve("keys"));
        makeKey(keys, "broker", storePassword);
        StringBuilder trusted = new StringBuilder();
        for (String user : certified) {
            makeKey(keys, user, storePassword);
            trusted.append(Files.readString(keys.resolve(user + ".pem")));
        }
        Path clients = Files.writeString(keys.resolve("clients.pem"), trusted);
        int passwordPort;
        int certificatePort;
        try (ServerSocket first = anyPort();
                ServerSocket second = anyPort()) { // both at once, or they may be one
            passwordPort = first.getLocalPort();
            certificatePort = second.getLocalPort();
        }
        String listeners =
                "SASL_SSL://%s:%d,SSL://%s:%d".formatted(HOST, passwordPort, HOST, certificatePort);
        Map<String, String> more = new TreeMap<>();
        more.put("listeners", listeners);
        more.put("advertised.listeners", listeners);
        more.put("listener.security.protocol.map", "SASL_SSL:SASL_SSL,SSL:SSL");
        more.put("sasl.enabled.mechanisms", "SCRAM-SHA-512");
        more.put(
                "listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config",
                "org.apache.kafka.common.security.scram.ScramLoginModule required;");
        more.put("ssl.keystore.type", "PKCS12");
        more.put("ssl.keystore.location", keys.resolve("broker.p12").toString());
        more.put("ssl.keystore.password", storePassword);
        more.put("ssl.truststore.type", "PEM");
        more.put("ssl.truststore.location", clients.toString());
        more.put("listener.name.ssl.ssl.client.auth", "required");
        more.put("ssl.principal.mapping.rules", "RULE:^CN=(.*)$/$1/");
        more.put(
                "authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
        more.put("super.users", "User:ANONYMOUS"); // of the plain listeners
        EmbeddedKafka broker = EmbeddedKafka.start(folder.resolve("broker"), more);
        return new SecureKafka(broker, keys, storePassword, passwordPort, certificatePort);
    }

    /** For the administrator. */
    KafkaAccess admin() {
        return new KafkaAccess(broker.bootstrapServers(), Map.of());
    }

    /** Address of the listener that asks for a password. */
    String passwordServers() {
        return HOST + ":" + passwordPort;
    }

    /** Address of the listener that asks for a certificate. */
    String certificateServers() {
        return HOST + ":" + certificatePort;
    }

    /**
     * Options of a client with a password.
     *
     * @param jaas the value of sasl.jaas.config, or where it is to be found
     */
    Map<String, String> passwordOptions(String jaas) {
        Map<String, String> options = new TreeMap<>();
        options.put("security.protocol", "SASL_SSL");
        options.put("sasl.mechanism", "SCRAM-SHA-512");
        options.put("sasl.jaas.config", jaas);
        options.put("ssl.truststore.type", "PEM");
        options.put("ssl.truststore.location", keys.resolve("broker.pem").toString());
        return options;
    }

    /**
     * Options of a client with a certificate.
     *
     * @param password the stores' password, or where it is to be found
     */
    Map<String, String> certificateOptions(String user, String password) {
        Map<String, String> options = new TreeMap<>();
        options.put("security.protocol", "SSL");
        options.put("ssl.keystore.type", "PKCS12");
        options.put("ssl.keystore.location", keys.resolve(user + ".p12").toString());
        options.put("ssl.keystore.password", password);
        options.put("ssl.key.password", password);
        options.put("ssl.truststore.type", "PEM");
        options.put("ssl.truststore.location", keys.resolve("broker.pem").toString());
        return options;
    }

    /** What a client needs besides its password. */
    static String jaas(String user, String password) {
        return "org.apache.kafka.common.security.scram.ScramLoginModule required"
                + " username=\"%s\" password=\"%s\";".formatted(user, password);
    }

    void addUser(String user, String password) throws ExecutionException, InterruptedException {
        var info = new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096);
        try (Admin admin = Admin.create(admin().properties())) {
            admin.alterUserScramCredentials(
                            List.of(new UserScramCredentialUpsertion(user, info, password)))
                    .all()
                    .get();
        }
    }

    void allow(String user, List<Right> rights) throws ExecutionException, InterruptedException {
        List<AclBinding> bindings = new ArrayList<>();
        for (Right right : rights) {
            for (AclOperation operation : right.operations()) {
                bindings.add(
                        new AclBinding(
                                right.resource(),
                                new AccessControlEntry(
                                        "User:" + user, "*", operation, AclPermissionType.ALLOW)));
            }
        }
        try (Admin admin = Admin.create(admin().properties())) {
            admin.createAcls(bindings).all().get();
        }
    }

    String storePassword() {
        return storePassword;
    }

    @Override
    public void close() {
        broker.close();
    }

    private static void makeKey(Path keys, String name, String password)
            throws IOException, InterruptedException {
        String store = keys.resolve(name + ".p12").toString();
        List<String> common = List.of("-alias", name, "-keystore", store, "-storepass", password);
        List<String> make = new ArrayList<>(List.of("-genkeypair", "-keyalg", "EC"));
        make.addAll(List.of("-groupname", "secp256r1", "-dname", "CN=" + name));
        make.addAll(List.of("-ext", "san=ip:" + HOST, "-validity", "2", "-storetype", "PKCS12"));
        make.addAll(common);
        keytool(make);
        List<String> export = new ArrayList<>(List.of("-exportcert", "-rfc"));
        export.addAll(List.of("-file", keys.resolve(name + ".pem").toString()));
        export.addAll(common);
        keytool(export);
    }

    private static void keytool(List<String> arguments) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        line.addAll(arguments);
        Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
        var output = new ByteArrayOutputStream();
        process.getInputStream().transferTo(output);
        if (process.waitFor() != 0) {
            throw new IOException(output.toString(StandardCharsets.UTF_8));
        }
    }

    private static ServerSocket anyPort() throws IOException {
        return new ServerSocket(0, 1, InetAddress.getByName(HOST));
    }
}

package freshet.operators;

import freshet.schemas.ModelManifest;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Ed25519 over a manifest, kept in its metadata as {@value #KEY}. All fields are signed, the
 * SHA-256 of the weights among them, so the chunks are too. It says who wrote a version, not that
 * the version is the newest: one that was signed once may be written again.
 */
public final class ManifestSignature {

    /** Of the metadata: the signature, Base64. */
    public static final String KEY = "signature";

    private static final String ALGORITHM = "Ed25519";
    private static final String PRELUDE = "freshet model manifest 1";

    private static final Pattern PEM =
            Pattern.compile("-----BEGIN ([A-Z ]+)-----([A-Za-z0-9+/=\\s]+)-----END \\1-----");

    private ManifestSignature() {}

    /** The manifest with its signature; one that it had is replaced. */
    public static ModelManifest sign(ModelManifest manifest, PrivateKey key) {
        try {
            Signature signature = Signature.getInstance(ALGORITHM);
            signature.initSign(key);
            signature.update(signed(manifest));
            Map<String, String> metadata = new HashMap<>(manifest.getMetadata());
            metadata.put(KEY, Base64.getEncoder().encodeToString(signature.sign()));
            return ModelManifest.newBuilder(manifest).setMetadata(metadata).build();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the manifest cannot be signed", e);
        }
    }

    /** Why the manifest is not to be trusted; empty if one of the keys signed it as it is. */
    public static Optional<String> problem(ModelManifest manifest, List<PublicKey> trusted) {
        String text = manifest.getMetadata().get(KEY);
        if (text == null) {
            return Optional.of("version %d is not signed".formatted(manifest.getVersion()));
        }
        for (PublicKey key : trusted) {
            if (fits(manifest, text, key)) {
                return Optional.empty();
            }
        }
        return Optional.of(
                "version %d is not signed by a trusted key, or was changed"
                        .formatted(manifest.getVersion()));
    }

    private static boolean fits(ModelManifest manifest, String text, PublicKey key) {
        try {
            Signature signature = Signature.getInstance(ALGORITHM);
            signature.initVerify(key);
            signature.update(signed(manifest));
            return signature.verify(Base64.getDecoder().decode(text));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return false; // not a signature at all
        }
    }

    /**
     * Reads the private key of a PEM file (PKCS#8).
     *
     * @throws IllegalArgumentException naming the file, never its content
     */
    public static PrivateKey privateKey(Path file) {
        try {
            byte[] key = blocks(file, "PRIVATE KEY").get(0);
            return KeyFactory.getInstance(ALGORITHM).generatePrivate(new PKCS8EncodedKeySpec(key));
        } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
            throw unreadable(file, "no private key of Ed25519 in PEM", e);
        }
    }

    /**
     * Reads the public keys of a PEM file, one or more.
     *
     * @throws IllegalArgumentException naming the file
     */
    public static List<PublicKey> publicKeys(Path file) {
        try {
            List<PublicKey> keys = new ArrayList<>();
            for (byte[] key : blocks(file, "PUBLIC KEY")) {
                var spec = new X509EncodedKeySpec(key);
                keys.add(KeyFactory.getInstance(ALGORITHM).generatePublic(spec));
            }
            return keys;
        } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
            throw unreadable(file, "no public key of Ed25519 in PEM", e);
        }
    }

    private static IllegalArgumentException unreadable(Path file, String what, Exception cause) {
        String why = cause instanceof IOException ? "cannot be read" : "holds " + what;
        return new IllegalArgumentException("key file %s %s".formatted(file, why));
    }

    private static List<byte[]> blocks(Path file, String kind) throws IOException {
        Matcher blocks = PEM.matcher(Files.readString(file));
        List<byte[]> found = new ArrayList<>();
        while (blocks.find()) {
            if (blocks.group(1).equals(kind)) {
                found.add(Base64.getMimeDecoder().decode(blocks.group(2)));
            }
        }
        if (found.isEmpty()) {
            throw new IllegalArgumentException(kind);
        }
        return found;
    }

    /**
     * The fields, each of them with its length where it has none, metadata in the order of keys.
     */
    private static byte[] signed(ModelManifest manifest) {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            text(out, PRELUDE);
            text(out, manifest.getModelName());
            out.writeLong(manifest.getVersion());
            out.writeLong(manifest.getParentVersion());
            out.writeLong(manifest.getTrainedThrough());
            out.writeLong(manifest.getCompleteThrough());
            out.writeLong(manifest.getLearnedAppendTime());
            text(out, manifest.getKind());
            out.writeInt(manifest.getFormatVersion());
            text(out, manifest.getConfiguration());
            text(out, manifest.getTokenizerHash());
            out.writeInt(manifest.getChunks());
            out.writeLong(manifest.getTotalBytes());
            text(out, manifest.getSha256());
            out.writeLong(Double.doubleToLongBits(manifest.getScoreBitsPerToken()));
            Map<String, String> metadata = new TreeMap<>(manifest.getMetadata());
            metadata.remove(KEY);
            out.writeInt(metadata.size());
            for (Map.Entry<String, String> entry : metadata.entrySet()) {
                text(out, entry.getKey());
                text(out, entry.getValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static void text(DataOutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }
}

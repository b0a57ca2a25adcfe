package freshet.jobs.recovery;

import freshet.jobs.CommandFailure;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A small file system of its own, in a file, mounted over a folder: it can be filled, slowed and
 * stopped while the disk around it stays well. Linux, and the right to mount.
 */
final class ChaosDisk implements AutoCloseable {

    private static final int MEGABYTES = 512;
    private static final int FILL_BYTES = 1 << 16;

    /** About a thousandth of what it takes otherwise. */
    private static final int SLOW_BYTES_A_SECOND = 500_000;

    private static final Path THROTTLE =
            Path.of("/sys/fs/cgroup/blkio/blkio.throttle.write_bps_device");

    private final Path folder;
    private final Path filler;
    private boolean isMounted = true;

    private ChaosDisk(Path folder) {
        this.folder = folder;
        this.filler = folder.resolve("filler");
    }

    /**
     * @param image file that holds it
     * @param folder made if missing
     * @throws CommandFailure if it cannot be made or mounted
     */
    static ChaosDisk mount(Path image, Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        run("truncate", "-s", MEGABYTES + "M", image.toString());
        run("mkfs.ext4", "-q", "-F", "-m", "0", image.toString());
        run("mount", "-o", "loop", image.toString(), folder.toString());
        return new ChaosDisk(folder);
    }

    /** Leaves no byte free. */
    void fill() {
        byte[] block = new byte[FILL_BYTES];
        try (OutputStream out = Files.newOutputStream(filler)) {
            while (true) {
                out.write(block);
            }
        } catch (IOException e) {
            // full: as it should be
        }
    }

    void free() {
        try {
            Files.delete(filler);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whoever writes waits, and cannot even be killed, until {@link #resume}. */
    void stall() {
        run("fsfreeze", "-f", folder.toString());
    }

    void resume() {
        run("fsfreeze", "-u", folder.toString());
    }

    /** Whether the kernel limits what this process writes to a device (cgroups, version 1). */
    static boolean canBeSlow() {
        return Files.isWritable(THROTTLE);
    }

    /** Whoever writes waits until it is on the device, which takes little, until quickened. */
    void slow() {
        run("mount", "-o", "remount,sync", folder.toString());
        throttle(SLOW_BYTES_A_SECOND);
    }

    void quicken() {
        throttle(0);
        run("mount", "-o", "remount,async", folder.toString());
    }

    /**
     * @param bytesASecond 0: as many as there are
     */
    private void throttle(int bytesASecond) {
        String device = run("findmnt", "-n", "-o", "MAJ:MIN", folder.toString());
        try {
            Files.writeString(THROTTLE, device + " " + bytesASecond);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public synchronized void close() {
        if (!isMounted) {
            return;
        }
        isMounted = false;
        if (canBeSlow()) {
            throttle(0); // the kernel would keep it for the next file system on this device
        }
        run("umount", folder.toString());
    }

    /** Returns what it says. */
    private static String run(String... command) {
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            String said =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new CommandFailure(
                        "%s: %s".formatted(String.join(" ", command), said.strip()));
            }
            return said.strip();
        } catch (IOException e) {
            throw new CommandFailure("%s: %s".formatted(command[0], e.getMessage()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailure("interrupted", e);
        }
    }
}

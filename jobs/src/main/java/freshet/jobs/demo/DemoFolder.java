package freshet.jobs.demo;

import freshet.jobs.CommandFailure;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.Properties;
import java.util.stream.Stream;

/**
 * Where a demo keeps everything, and how far it had come. One process at a time; nothing but a demo
 * is ever deleted.
 */
public final class DemoFolder implements AutoCloseable {

    private static final String MARK = "demo.properties";
    private static final String LOCK = "demo.lock";

    private final Path path;
    private final FileChannel lock;
    private final Properties progress = new Properties();

    private DemoFolder(Path path, FileChannel lock) {
        this.path = path;
        this.lock = lock;
    }

    /**
     * Claims the folder; without {@code resume} a former demo in it is deleted.
     *
     * @throws CommandFailure if it cannot be written, is in use, or holds something else
     */
    public static DemoFolder open(Path path, boolean resume) {
        DemoFolder folder = new DemoFolder(path, lock(path, resume));
        try {
            folder.prepare(resume);
        } catch (IOException e) {
            folder.close();
            throw notWritable(path, e);
        } catch (CommandFailure e) {
            folder.close();
            throw e;
        }
        return folder;
    }

    private void prepare(boolean resume) throws IOException {
        Path mark = path.resolve(MARK);
        if (resume) {
            if (!Files.exists(mark)) {
                throw new CommandFailure(
                        "no demo to resume in %s; start one without --resume".formatted(path));
            }
            try (Reader reader = Files.newBufferedReader(mark)) {
                progress.load(reader);
            }
            return;
        }
        boolean demo = Files.exists(mark);
        try (Stream<Path> entries = Files.list(path)) {
            for (Path entry : entries.filter(entry -> !entry.endsWith(LOCK)).toList()) {
                if (!demo) {
                    throw new CommandFailure(
                            "folder %s holds %s and no demo; choose another --folder"
                                    .formatted(path, entry.getFileName()));
                }
                delete(entry);
            }
        }
        save();
    }

    private static FileChannel lock(Path path, boolean resume) {
        try {
            if (!resume) {
                Files.createDirectories(path);
            } else if (!Files.isDirectory(path)) {
                throw new CommandFailure(
                        "no demo to resume in %s; start one without --resume".formatted(path));
            }
            FileChannel channel =
                    FileChannel.open(
                            path.resolve(LOCK),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE);
            if (channel.tryLock() == null) {
                channel.close();
                throw inUse(path);
            }
            return channel;
        } catch (OverlappingFileLockException e) {
            throw inUse(path);
        } catch (IOException e) {
            throw notWritable(path, e);
        }
    }

    private static CommandFailure inUse(Path path) {
        return new CommandFailure(
                "folder %s is in use by another demo; stop that or choose another --folder"
                        .formatted(path));
    }

    private static CommandFailure notWritable(Path path, IOException e) {
        return new CommandFailure(
                "folder %s is not writable: %s %s"
                        .formatted(path, e.getClass().getSimpleName(), e.getMessage()),
                e);
    }

    private static void delete(Path path) throws IOException {
        try (Stream<Path> below = Files.walk(path)) {
            for (Path each : below.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }

    public Path path() {
        return path;
    }

    public Path resolve(String name) {
        return path.resolve(name);
    }

    /** A number noted before, or {@code otherwise}. */
    public long get(String name, long otherwise) {
        String value = progress.getProperty(name);
        return value == null ? otherwise : Long.parseLong(value);
    }

    /** Notes numbers so that they outlive a kill: the file is replaced as a whole. */
    public void put(String name, long value) {
        progress.setProperty(name, String.valueOf(value));
        try {
            save();
        } catch (IOException e) {
            throw notWritable(path, e);
        }
    }

    private void save() throws IOException {
        Path next = path.resolve(MARK + ".next");
        try (Writer writer = Files.newBufferedWriter(next)) {
            progress.store(writer, "Progress of freshet demo; --resume reads it.");
        }
        Files.move(next, path.resolve(MARK), StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void close() {
        try {
            lock.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

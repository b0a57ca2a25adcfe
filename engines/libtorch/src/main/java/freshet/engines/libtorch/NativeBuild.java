package freshet.engines.libtorch;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.Loader;

/**
 * Which of libtorch's builds is on the class path, and what must hold before it is loaded: each of
 * these ends the process otherwise.
 *
 * <ul>
 *   <li>Only one of the two builds: with both, JavaCPP loads both.
 *   <li>All of its libraries are unpacked before the first is loaded. JavaCPP unpacks one after the
 *       other, and one that asks for the next, not there yet, finds the system's libtorch if there
 *       is one, such as Debian's.
 *   <li>The GPU build without CUDA's libraries makes JavaCPP look for the system's libtorch too.
 * </ul>
 */
final class NativeBuild {

    private static final String FOLDER = "/org/bytedeco/pytorch/linux-x86_64";

    /**
     * Before each allocation JavaCPP reads the size of the process from the kernel, and refuses the
     * allocation if that is more than four times the heap. An update makes very many of them, and a
     * process with RocksDB in it is larger than that for good reason.
     */
    private static final String MAX_PROCESS_BYTES = "org.bytedeco.javacpp.maxphysicalbytes";

    private NativeBuild() {}

    static boolean isForGpu() {
        return isThere(FOLDER + "-gpu/libtorch_cuda.so");
    }

    /**
     * Checks and unpacks the build.
     *
     * @throws IllegalStateException if it must not be loaded: why, and what to do
     */
    static void prepare() {
        System.getProperties().putIfAbsent(MAX_PROCESS_BYTES, "0"); // no limit
        boolean forGpu = isForGpu();
        boolean forCpu = isThere(FOLDER + "/libtorch_cpu.so");
        if (forGpu && forCpu) {
            throw new IllegalStateException(
                    "both builds of libtorch are on the class path, a process can load only one:"
                            + " leave out pytorch's linux-x86_64 or its linux-x86_64-gpu jar");
        }
        List<Path> others = onLibraryPath(System.getProperty("java.library.path", ""));
        if (forGpu && !others.isEmpty()) {
            throw new IllegalStateException(
                    "libtorch's GPU build would be mixed with %s: start Java with -Djava.library.path= , as the freshet script does"
                            .formatted(others));
        }
        try {
            Loader.cacheResources(FOLDER + (forGpu ? "-gpu" : ""));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot unpack libtorch, see " + cache(), e);
        }
    }

    /** Libraries of another libtorch that JavaCPP would find by itself. */
    static List<Path> onLibraryPath(String libraryPath) {
        List<Path> found = new ArrayList<>();
        for (String folder : libraryPath.split(File.pathSeparator, -1)) {
            Path library = Path.of(folder, System.mapLibraryName("torch"));
            if (!folder.isEmpty() && Files.exists(library)) {
                found.add(library);
            }
        }
        return found;
    }

    private static String cache() {
        return System.getProperty("org.bytedeco.javacpp.cachedir", "~/.javacpp/cache");
    }

    private static boolean isThere(String resource) {
        return Loader.class.getResource(resource) != null;
    }
}

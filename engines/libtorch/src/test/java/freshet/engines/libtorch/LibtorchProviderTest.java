package freshet.engines.libtorch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import freshet.learners.tensor.TensorEngines;
import java.io.File;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;

/** Jobs in one task manager: each has a class loader of its own, libtorch is there once. */
class LibtorchProviderTest {

    private static final int THREADS = 1;

    @Test
    void jobsThatShareTheBindingsShareTheProcess() throws Exception {
        TensorEngines.start("libtorch", THREADS);
        try (URLClassLoader job = job(new BindingsOnly())) {
            assertThat(metadata(job, THREADS).get("engine.threads")).isEqualTo("1");
        }
    }

    @Test
    void otherThreadsThanThoseOfARunningJobAreRefused() throws Exception {
        TensorEngines.start("libtorch", THREADS);
        try (URLClassLoader job = job(new BindingsOnly())) {
            assertThatThrownBy(() -> metadata(job, 2))
                    .hasMessage(
                            "tensor.threads is 2, but libtorch was started with 1 in this process");
        }
    }

    /** Without the refusal libtorch aborts this process. */
    @Test
    void aJobThatBringsItsOwnCopyIsRefused() throws Exception {
        TensorEngines.start("libtorch", THREADS);
        try (URLClassLoader job = job(ClassLoader.getPlatformClassLoader())) {
            assertThatThrownBy(() -> metadata(job, THREADS)).hasMessageContaining("lib folder");
        }
    }

    /** Or each allocation would ask the kernel for the size of the process. */
    @Test
    void theSizeOfTheProcessIsNotWatched() {
        TensorEngines.start("libtorch", THREADS);
        assertThat(Pointer.maxPhysicalBytes()).isZero();
    }

    /** Or it would wait for ever for another thread whose native library sets one as it loads. */
    @Test
    void startingDoesNotLockTheSystemProperties() {
        Properties original = System.getProperties();
        var watched = new WatchedProperties();
        watched.putAll(original);
        System.setProperties(watched);
        try {
            TensorEngines.start("libtorch", THREADS);
        } finally {
            System.setProperties(original);
        }
        original.putAll(watched);
        assertThat(watched.looks).isPositive();
        assertThat(watched.looksUnderLock).isZero();
    }

    private static final class WatchedProperties extends Properties {
        private static final long serialVersionUID = 1;
        private int looks;
        private int looksUnderLock;

        @Override
        public String getProperty(String key) {
            looks++;
            looksUnderLock += Thread.holdsLock(this) ? 1 : 0;
            return super.getProperty(key);
        }
    }

    /** All of the class path anew; what {@code parent} knows comes from there. */
    private static URLClassLoader job(ClassLoader parent) throws Exception {
        List<URL> urls = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            urls.add(Path.of(entry).toUri().toURL());
        }
        return new URLClassLoader(urls.toArray(URL[]::new), parent);
    }

    private static Map<?, ?> metadata(ClassLoader job, int threads) throws Exception {
        Class<?> engines = job.loadClass(TensorEngines.class.getName());
        assertThat(engines).isNotEqualTo(TensorEngines.class);
        try {
            Object engine =
                    engines.getMethod("start", String.class, int.class)
                            .invoke(null, "libtorch", threads);
            return (Map<?, ?>)
                    job.loadClass("freshet.learners.tensor.TensorEngine")
                            .getMethod("metadata")
                            .invoke(engine);
        } catch (InvocationTargetException e) {
            throw (Exception) e.getCause();
        }
    }

    /** Flink's own loader, as far as it matters here: it has the bindings, not the job. */
    private static final class BindingsOnly extends ClassLoader {
        BindingsOnly() {
            super(ClassLoader.getPlatformClassLoader());
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            if (name.startsWith("org.bytedeco.")) {
                return LibtorchProviderTest.class.getClassLoader().loadClass(name);
            }
            throw new ClassNotFoundException(name);
        }
    }
}

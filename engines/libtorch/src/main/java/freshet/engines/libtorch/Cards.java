package freshet.engines.libtorch;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.cuda.cudart.cudaDeviceProp;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.global.torch_cuda;

/** Asks CUDA's runtime for cards. Loaded only where the GPU build is on the class path. */
final class Cards {

    private Cards() {}

    /** Never fails: what is amiss is in the answer. */
    static Found find() {
        try {
            Loader.load(cudart.class);
        } catch (UnsatisfiedLinkError | NoClassDefFoundError | ExceptionInInitializerError e) {
            return Found.nothing(unloadable(e));
        }
        int[] count = new int[1];
        int[] driver = new int[1];
        int[] runtime = new int[1];
        cudart.cudaDriverGetVersion(driver);
        cudart.cudaRuntimeGetVersion(runtime);
        String versions =
                "CUDA: the driver knows %s, the runtime is %s"
                        .formatted(version(driver[0]), version(runtime[0]));
        int error = cudart.cudaGetDeviceCount(count);
        if (error != cudart.cudaSuccess || count[0] == 0) {
            String why =
                    error == cudart.cudaSuccess
                            ? "no card"
                            : cudart.cudaGetErrorString(error).getString();
            return new Found(
                    "CUDA says: %s; see nvidia-smi and CUDA_VISIBLE_DEVICES".formatted(why),
                    versions,
                    List.of());
        }
        try {
            Loader.load(torch_cuda.class);
        } catch (UnsatisfiedLinkError | NoClassDefFoundError | ExceptionInInitializerError e) {
            return new Found(unloadable(e), versions, cards(count[0]));
        }
        return new Found("", versions, cards(count[0]));
    }

    private static List<Card> cards(int count) {
        List<Card> cards = new ArrayList<>();
        try (PointerScope scope = new PointerScope()) {
            for (int index = 0; index < count; index++) {
                var properties = new cudaDeviceProp();
                check(
                        cudart.cudaGetDeviceProperties(properties, index),
                        "asking for card " + index);
                cards.add(
                        new Card(
                                index,
                                properties.name().getString(),
                                10 * properties.major() + properties.minor(),
                                properties.totalGlobalMem()));
            }
        }
        return cards;
    }

    /**
     * @throws IllegalStateException if a call of CUDA's runtime failed
     */
    static void check(int error, String doing) {
        if (error != cudart.cudaSuccess) {
            throw new IllegalStateException(
                    "CUDA, %s: %s".formatted(doing, cudart.cudaGetErrorString(error).getString()));
        }
    }

    private static String version(int thousands) {
        return thousands == 0 ? "none" : thousands / 1000 + "." + thousands % 1000 / 10;
    }

    private static String unloadable(Throwable failed) {
        String library = "";
        for (Throwable one = failed; one != null; one = one.getCause()) {
            String message = String.valueOf(one.getMessage());
            library = message.substring(message.indexOf(": ") + 2).strip();
        }
        return missing(library);
    }

    /** What to do about a library that the dynamic linker does not find. */
    static String missing(String linkerSays) {
        return linkerSays.contains("libcuda.so")
                ? "there is no NVIDIA driver (%s): install one that knows CUDA 13, or use tensor.device cpu"
                        .formatted(linkerSays)
                : "a library of CUDA cannot be loaded (%s): install CUDA 13 with cuDNN 9 and NCCL 2, or build with the Maven profiles gpu,gpu-redist"
                        .formatted(linkerSays);
    }
}

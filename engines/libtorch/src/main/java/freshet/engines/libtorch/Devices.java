package freshet.engines.libtorch;

import freshet.learners.tensor.EngineSettings;
import java.lang.System.Logger.Level;

/** Chooses the device that {@code tensor.device} names, and says what was found. */
final class Devices {

    private static final System.Logger LOG = System.getLogger(Devices.class.getName());

    private static Found found;

    private Devices() {}

    /** Looks once: a library that could not be loaded says why only then. */
    static synchronized Found find() {
        if (found == null) {
            found = look();
        }
        return found;
    }

    private static Found look() {
        if (!NativeBuild.isForGpu()) {
            return Found.nothing(
                    "libtorch's GPU build is not on the class path: build with the Maven profile"
                            + " gpu (FRESHET_PROFILES=gpu)");
        }
        return Cards.find();
    }

    /**
     * What to start with: {@code auto} becomes the first card, or the CPU, saying why.
     *
     * @throws IllegalStateException if the card asked for cannot be used
     */
    static EngineSettings resolve(EngineSettings wanted, Found found) {
        if (!wanted.device().equals(EngineSettings.AUTO)) {
            return wanted;
        }
        try {
            Card first = found.card(0);
            LOG.log(Level.INFO, "tensor.device is auto: {0}; {1}", first, found.versions());
            return wanted.on("cuda:0");
        } catch (IllegalStateException e) {
            LOG.log(Level.WARNING, "tensor.device is auto, the CPU it is: {0}", e.getMessage());
            return wanted.on(EngineSettings.CPU).capturing(false);
        }
    }

    /**
     * @param settings with {@code auto} resolved
     */
    static Device open(EngineSettings settings, Found found) {
        if (settings.device().equals(EngineSettings.CPU)) {
            return new CpuDevice();
        }
        int index = Integer.parseInt(settings.device().substring("cuda:".length()));
        Card card = found.card(index);
        LOG.log(Level.INFO, "tensor.device: {0}; {1}", card, found.versions());
        return new CudaDevice(card, settings.capture(), settings.deterministic());
    }
}

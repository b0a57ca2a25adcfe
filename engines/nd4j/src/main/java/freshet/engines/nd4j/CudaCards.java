package freshet.engines.nd4j;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What NVIDIA's driver says of the cards, asked before the native library is touched: on a card
 * that it has no code for, it would end the process.
 *
 * <p>ND4J's CUDA library of 2022 holds code for compute capabilities 3.7 to 8.6, and no
 * intermediate code that a driver could translate for others.
 */
final class CudaCards {

    private static final int LEAST = 37; // tenths
    private static final int MOST = 86;

    private static final String ALTERNATIVE =
            "use tensor.engine libtorch, or nd4j on the CPU (Maven profile nd4j instead of"
                    + " nd4j-cuda)";

    private CudaCards() {}

    /**
     * Lines {@code name, capability} of the cards that CUDA may see.
     *
     * @throws IllegalStateException if no driver answers
     */
    static List<String> ask() {
        List<String> command = new ArrayList<>(List.of("nvidia-smi"));
        String visible = System.getenv("CUDA_VISIBLE_DEVICES");
        if (visible != null && !visible.isBlank()) {
            command.add("--id=" + visible);
        }
        command.add("--query-gpu=name,compute_cap");
        command.add("--format=csv,noheader");
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String answer;
            try (InputStream out = process.getInputStream()) {
                answer = new String(out.readAllBytes(), StandardCharsets.UTF_8).strip();
            }
            if (process.waitFor() != 0) {
                throw noCard("nvidia-smi says: " + answer, null);
            }
            return answer.lines().toList();
        } catch (IOException e) {
            throw noCard("nvidia-smi cannot be run: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw noCard("interrupted", e);
        }
    }

    private static IllegalStateException noCard(String why, Exception cause) {
        return new IllegalStateException(
                "tensor.engine nd4j is built for CUDA but found no card (%s): %s"
                        .formatted(why, ALTERNATIVE),
                cause);
    }

    /**
     * @throws IllegalStateException if there is no card, or one that the library has no code for
     */
    static void check(List<String> cards) {
        if (cards.isEmpty()) {
            throw noCard("the driver names none", null);
        }
        for (String card : cards) {
            int comma = card.lastIndexOf(',');
            String[] capability = card.substring(comma + 1).strip().split("\\.", -1);
            int tenths;
            try {
                tenths = 10 * Integer.parseInt(capability[0]) + Integer.parseInt(capability[1]);
            } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
                throw noCard("the driver says: " + card, e);
            }
            if (tenths < LEAST || tenths > MOST) {
                throw new IllegalStateException(
                        "tensor.engine nd4j cannot use %s: ND4J has code for compute capabilities"
                                        .formatted(card)
                                + " 3.7 to 8.6 only; "
                                + ALTERNATIVE
                                + ", or hide the card by CUDA_VISIBLE_DEVICES if another will do");
            }
        }
    }
}

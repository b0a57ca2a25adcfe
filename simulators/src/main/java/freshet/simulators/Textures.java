package freshet.simulators;

import freshet.learners.tensor.CounterRandom;

/**
 * Textures by number, the same in every run: those to learn on and those kept for tests have
 * nothing in common. Makes each when it is first asked for, 96 KB; at most 60 are kept.
 */
final class Textures {

    private static final long SEED = 20171;
    private static final long FOR_TESTS = 1L << 32;

    private final Texture[] textures;
    private final boolean heldOut;

    Textures(Distractions distractions) {
        textures = new Texture[distractions.textures()];
        heldOut = distractions.heldOut();
    }

    int count() {
        return textures.length;
    }

    Texture get(int number) {
        if (textures[number] == null) {
            long stream = heldOut ? FOR_TESTS + number : number;
            textures[number] = new Texture(new CounterRandom(SEED, stream, 0));
        }
        return textures[number];
    }
}

package freshet.learners.memory;

/**
 * The last three different tokens that followed a context, newest first, in 48 bits: three times
 * (token, times seen), 16 bits each. A part that is zero is unused.
 */
final class SparseSlot {

    private final int tokenBits;
    private final int maxCount;

    /**
     * @throws IllegalArgumentException if the vocabulary leaves less than three bits for a count
     */
    SparseSlot(int vocabulary) {
        this.tokenBits = 32 - Integer.numberOfLeadingZeros(vocabulary - 1);
        if (tokenBits > 13) {
            throw new IllegalArgumentException(
                    "a vocabulary of %d does not fit, 8192 does".formatted(vocabulary));
        }
        this.maxCount = (1 << 16 - tokenBits) - 1;
    }

    int token(long slot, int place) {
        return (int) (slot >>> 16 * place) & (1 << tokenBits) - 1;
    }

    int count(long slot, int place) {
        return (int) (slot >>> 16 * place & 0xffff) >>> tokenBits;
    }

    int total(long slot) {
        return count(slot, 0) + count(slot, 1) + count(slot, 2);
    }

    /** The slot after {@code token} followed once more. */
    long update(long slot, int token) {
        int place = 0;
        while (place < 2 && count(slot, place) > 0 && token(slot, place) != token) {
            place++;
        }
        boolean known = count(slot, place) > 0 && token(slot, place) == token;
        long count = known ? Math.min(maxCount, count(slot, place) + 1) : 1;
        long older = slot & (1L << 16 * place) - 1;
        long oldest = slot & ~((1L << 16 * (place + 1)) - 1);
        return oldest | older << 16 | count << tokenBits | token;
    }
}

package freshet.learners.tensor;

/** What matrix products and convolutions are taken in; all else is in 32-bit floats. */
public enum Precision {
    /** 24 bits of significance, no TF32. */
    FLOAT32,

    /**
     * Both factors, and the product, are rounded to 8 bits of significance, summed in 32-bit
     * floats; so are the products on the way back. Parameters, moments, norms, softmax, entropy and
     * losses stay in 32-bit floats, and so does what is saved.
     */
    BFLOAT16
}

package freshet.operators;

import freshet.learners.tensor.Layout;

/**
 * What published weights of a model are: 32-bit big-endian floats in the order of the layout.
 *
 * @param kind which model reads them, such as {@code language}
 * @param formatVersion version of the bytes' layout, counted per kind from 1
 * @param configuration fingerprint of the sizes
 * @param layout names, shapes and places
 */
public record PublishedForm(String kind, int formatVersion, String configuration, Layout layout) {}

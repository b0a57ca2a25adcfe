/**
 * Pictures that drift: how well classifiers follow them without labels. Read {@link
 * freshet.benchmarks.images.RotationProtocol}.
 */
package freshet.benchmarks.images;

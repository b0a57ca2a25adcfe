/**
 * What is known of online learning without gradients through a network, as one would use from a
 * library like River: classifiers that learn one labelled picture after another, and a detector on
 * their errors that starts them anew. Labels come late, as the stream has them.
 */
package freshet.benchmarks.images.baselines;

/**
 * Freshet beside what one would run instead: loops in Python ({@code benchmarks/peers}) that
 * consume, predict, train and produce, turn and turn about on one broker. {@link
 * freshet.benchmarks.peers.PeerTask} is what both sides are given, {@link
 * freshet.benchmarks.peers.PeerContest} runs and compares them.
 */
package freshet.benchmarks.peers;

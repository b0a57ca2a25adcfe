/**
 * Two moons that turn: a toy of two numbers an example, on which one can see what self-training
 * does. Read {@link freshet.benchmarks.moons.MoonsProtocol}.
 */
package freshet.benchmarks.moons;

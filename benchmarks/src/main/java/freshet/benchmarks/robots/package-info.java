/** Measurements of simulated robots and of what drives them. */
package freshet.benchmarks.robots;

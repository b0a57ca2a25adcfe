/** Measurements of the search among the memory's keys. */
package freshet.benchmarks.memory;

/** Measurements of the watch over models. */
package freshet.benchmarks.stability;

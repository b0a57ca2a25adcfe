/** The watch over models: how fast it judges, how early its alarms are, what remedies save. */
package freshet.benchmarks.stability;

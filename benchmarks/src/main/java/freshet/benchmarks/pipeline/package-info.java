/**
 * Measurements of the pipeline as it is deployed: real Kafka, real Flink, both in this process.
 * Speeds are quoted as ratios of runs that alternate, because machines are shared.
 */
package freshet.benchmarks.pipeline;

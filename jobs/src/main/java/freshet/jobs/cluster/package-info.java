/** A real Flink cluster with Kafka on this machine, each part a process of its own. */
package freshet.jobs.cluster;

/** The job graph as Flink will run it, as text and as a picture. */
package freshet.jobs.graph;

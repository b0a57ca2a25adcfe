package freshet.jobs.cluster;

/**
 * How large a cluster is.
 *
 * @param jobManagers from 1: one leads, the others stand by
 * @param taskManagers from 1
 * @param slots task slots of each task manager, from 1
 * @param taskManagerMegabytes of each task manager's process, from 1200
 * @param brokers of Kafka; 0: there is one elsewhere
 */
public record ClusterSize(
        int jobManagers, int taskManagers, int slots, int taskManagerMegabytes, int brokers) {}

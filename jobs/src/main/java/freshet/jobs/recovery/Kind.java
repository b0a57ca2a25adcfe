package freshet.jobs.recovery;

/** Which pipeline is broken. */
enum Kind {
    texts,
    images,
    robots,
    /** Robots whose learner has no replay. */
    streamingRobots
}

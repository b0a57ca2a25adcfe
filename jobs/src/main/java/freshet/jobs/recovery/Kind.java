package freshet.jobs.recovery;

/** Which pipeline is broken. */
enum Kind {
    texts,
    /** Texts whose learner gets commands. */
    commandedTexts,
    images,
    robots,
    /** Robots whose learner has no replay. */
    streamingRobots
}

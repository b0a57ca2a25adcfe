package freshet.jobs.recovery;

/** Which pipeline is broken. */
enum Kind {
    texts,
    /** Texts whose learner gets commands. */
    commandedTexts,
    /** Texts that two workers learn. */
    sharedTexts,
    images,
    /** Images whose learner gets commands. */
    commandedImages,
    robots,
    /** Robots whose learner has no replay. */
    streamingRobots,
    /** Robots whose learner gets commands. */
    commandedRobots;

    /** Whether what is learned depends on when commands came. */
    boolean isCommanded() {
        return this == commandedTexts || this == commandedImages || this == commandedRobots;
    }
}

package freshet.jobs.recovery;

/** Which pipeline is broken. */
enum Kind {
    texts,
    /** Texts whose learner gets commands. */
    commandedTexts,
    /** Texts that two workers learn. */
    sharedTexts,
    /** Texts whose new versions are tried on half of the sources. */
    triedTexts,
    images,
    /** Images whose learner gets commands. */
    commandedImages,
    /** Images whose new versions are tried on half of them. */
    triedImages,
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

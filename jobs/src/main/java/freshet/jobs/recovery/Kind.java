package freshet.jobs.recovery;

/** Which pipeline is broken. */
enum Kind {
    texts,
    images,
    robots
}

/**
 * What a stream of robots needs beside a model: which observation comes next, what to do with one
 * that is repeated, missing or late, and how pictures, actions and rewards that come apart are put
 * together again. Plain Java; all state is bounded and has a snapshot.
 *
 * <p>Read {@link freshet.learners.robots.RobotTrack} (the acting side: one robot's place in its
 * stream), then {@link freshet.learners.robots.StepJoiner} (the learning side).
 */
package freshet.learners.robots;

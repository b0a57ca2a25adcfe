/**
 * Robots to learn on, as plain Java: physics, rewards in [0, 1], small cameras, and what distracts
 * them. Nothing of Flink, Kafka or Avro, and no picture leaves here with a number beside it that a
 * real robot would not have; the true state is for probes.
 *
 * <p>Read {@link freshet.simulators.Task} (what a robot is and what it should do), then one robot's
 * way: {@link freshet.simulators.SimulatedRobot} moves it, {@link freshet.simulators.Distractions}
 * disturb what is seen, {@link freshet.simulators.Canvas} draws it; {@link
 * freshet.simulators.RobotFleet} does so for many. The physics are in {@code CartPole} and {@code
 * TwoLinkArm}.
 *
 * <p>Everything is a function of seed, robot, episode and actions: sines by {@link
 * java.lang.StrictMath}, random numbers by {@link freshet.learners.tensor.CounterRandom}. The same
 * numbers give the same bits on every machine, however many robots there are beside.
 *
 * <p>Sources: Tassa et al., "DeepMind Control Suite" (arXiv:1801.00690); Stone et al., "The
 * Distracting Control Suite" (arXiv:2101.02722). Where we differ is said where it happens.
 */
package freshet.simulators;

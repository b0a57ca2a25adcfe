/**
 * What runs on a robot, or beside many: sends observations, takes actions, keeps deadlines. Needs
 * the schemas and Kafka's clients, nothing else.
 *
 * <p>Read {@link freshet.client.ActionGate} first: pure logic, one robot, no Kafka and no clock. It
 * decides what the actuators are told, also when no action came in time. {@link
 * freshet.client.RobotLink} carries records for any number of robots.
 */
package freshet.client;

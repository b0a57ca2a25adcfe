/**
 * What a machine with a GPU must show of the engine: {@link
 * freshet.benchmarks.device.DeviceCheckBenchmark}.
 */
package freshet.benchmarks.device;

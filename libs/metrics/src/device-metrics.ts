import type { Registry } from 'prom-client';
import type { DeviceReading } from '#engine';
import { Gauge } from './instruments.js';

type Labels = 'device' | 'name';

/** What the driver of this machine's GPUs says of them; no series where it says nothing. */
export class DeviceMetrics {
  readonly #gauges: ReadonlyArray<readonly [Gauge<Labels>, (device: DeviceReading) => number | undefined]>;

  constructor(registry: Registry) {
    const gauge = (name: string, help: string): Gauge<Labels> =>
      new Gauge(registry, { name, help, labelNames: ['device', 'name'] });
    this.#gauges = [
      [gauge('stride_device_memory_bytes', 'Memory of a GPU of this machine'), ({ memoryBytes }) => memoryBytes],
      [
        gauge('stride_device_memory_used_bytes', 'Of it, what is taken, by this and by other processes'),
        ({ memoryUsedBytes }) => memoryUsedBytes,
      ],
      [
        gauge('stride_device_utilization_ratio', 'Share of the last moments in which a kernel ran on the GPU'),
        ({ utilizationRatio }) => utilizationRatio,
      ],
      [gauge('stride_device_power_watts', 'What the GPU draws'), ({ powerWatts }) => powerWatts],
      [
        gauge('stride_device_temperature_celsius', 'How warm the chip of the GPU is'),
        ({ temperatureCelsius }) => temperatureCelsius,
      ],
    ];
  }

  /** All GPUs as they are now; what is not said any more has no series. */
  read(devices: readonly DeviceReading[]): void {
    for (const [gauge, valueOf] of this.#gauges) {
      gauge.reset();
      for (const device of devices) {
        const value = valueOf(device);
        if (value !== undefined) gauge.set({ device: String(device.index), name: device.name }, value);
      }
    }
  }
}

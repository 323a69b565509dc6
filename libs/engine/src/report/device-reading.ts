/** What a GPU's driver says of it. Knows nothing of who asks, and of what runs there. */

/** One look at one GPU; what its driver does not say is absent. */
export interface DeviceReading {
  /** Its place among the GPUs of this machine, as the driver counts them. */
  readonly index: number;
  readonly name: string;
  readonly memoryBytes?: number;
  readonly memoryUsedBytes?: number;
  /** Share of the last moments in which a kernel ran, 0 to 1. */
  readonly utilizationRatio?: number;
  readonly powerWatts?: number;
  readonly temperatureCelsius?: number;
}

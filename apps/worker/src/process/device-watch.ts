import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Telemetry, telemetryAbsence } from '#cuda';
import { DeviceMetrics } from '#metrics';

/** Shows what the driver of this machine's GPUs says of them, where there is one. */
@Injectable()
export class DeviceWatch implements OnModuleInit, OnApplicationShutdown {
  readonly #logger = new Logger('Devices');
  #telemetry: Telemetry | undefined;

  constructor(private readonly metrics: DeviceMetrics) {}

  async onModuleInit(): Promise<void> {
    if ((await telemetryAbsence()) !== undefined) return;
    this.#telemetry = new Telemetry({
      read: (devices) => this.metrics.read(devices),
      ended: (reason) => {
        this.metrics.read([]);
        this.#logger.warn(`the driver says nothing of GPUs: ${reason}`);
      },
    });
  }

  onApplicationShutdown(): void {
    this.#telemetry?.stop();
  }
}

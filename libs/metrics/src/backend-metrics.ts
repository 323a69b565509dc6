import type { Registry } from 'prom-client';
import type { BackendInfo } from '#engine';
import { Gauge } from './instruments.js';

/** Why a worker runs on what it runs on. */
interface BackendGrounds {
  /** One of few sentences. */
  readonly reason: string;
  readonly rejected: BackendInfo['rejected'];
  /** Where its engine has threads on several devices. */
  readonly devices?: readonly string[];
}

/** What this worker really runs on. */
export class BackendMetrics {
  readonly #info: Gauge<'backend' | 'provider' | 'device' | 'version' | 'reason' | 'rejected'>;

  constructor(registry: Registry) {
    this.#info = new Gauge(registry, {
      name: 'stride_backend_info',
      help: 'Always 1, for each device; its labels say what the worker really runs on, why, and what was rejected',
      labelNames: ['backend', 'provider', 'device', 'version', 'reason', 'rejected'],
    });
  }

  started(info: BackendInfo, { reason, rejected, devices = [info.device] }: BackendGrounds): void {
    const { kind, provider, version } = info;
    const names = [...rejected, ...info.rejected].map((one) => one.provider).join(', ');
    for (const device of devices)
      this.#info.set({ backend: kind, provider, device, version, reason, rejected: names }, 1);
  }
}

import type { Registry } from 'prom-client';
import type { BackendInfo } from '#engine';
import { Gauge } from './instruments.js';

/** What this worker really runs on. */
export class BackendMetrics {
  readonly #info: Gauge<'backend' | 'provider' | 'device' | 'version'>;

  constructor(registry: Registry) {
    this.#info = new Gauge(registry, {
      name: 'stride_backend_info',
      help: 'Always 1; its labels say what the worker really runs on',
      labelNames: ['backend', 'provider', 'device', 'version'],
    });
  }

  started({ kind, provider, device, version }: BackendInfo): void {
    this.#info.set({ backend: kind, provider, device, version }, 1);
  }
}

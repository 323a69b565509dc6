import type { Registry } from 'prom-client';
import type { EngineObserver, ModelFacts } from '#engine';
import { IO_SECONDS } from './buckets.js';
import { Gauge, Histogram } from './instruments.js';

/** Model versions held in memory. */
export class ModelMetrics implements EngineObserver {
  readonly #loadSeconds: Histogram;
  readonly #loaded: Gauge;
  readonly #loadedBytes: Gauge;

  constructor(registry: Registry) {
    this.#loadSeconds = new Histogram(registry, {
      name: 'stride_model_load_seconds',
      help: 'Fetching, verifying and loading a model version on its first engine thread',
      buckets: IO_SECONDS,
    });
    this.#loaded = new Gauge(registry, { name: 'stride_models_loaded', help: 'Model versions in memory' });
    this.#loadedBytes = new Gauge(registry, {
      name: 'stride_models_loaded_bytes',
      help: 'Memory of the loaded model versions over all engine threads',
    });
  }

  onModel({ event, seconds, modelsLoaded, loadedBytes }: ModelFacts): void {
    if (event === 'loaded') this.#loadSeconds.observe({}, seconds);
    this.#loaded.set({}, modelsLoaded);
    this.#loadedBytes.set({}, loadedBytes);
  }
}

import type { Registry } from 'prom-client';
import type { EngineObserver, RequestFacts } from '#engine';

const HOUR_MS = 3_600_000;
/** Versions whose series are kept at most: each has 58 on a worker. */
const MAX_MODELS = 100;

/**
 * Forgets the series of model versions that are deleted or no longer used: prom-client would keep them until
 * the process ends.
 */
export class ModelSeries implements EngineObserver {
  /** By last use, the oldest first; milliseconds of a monotonic clock. */
  readonly #usedAt = new Map<string, number>();

  constructor(
    private readonly registry: Registry,
    private readonly now: () => number = () => performance.now(),
  ) {}

  onRequest({ model }: Pick<RequestFacts, 'model'>): void {
    this.#usedAt.delete(model);
    this.#usedAt.set(model, this.now());
  }

  /**
   * Removes the series of versions that were not used for an hour, are beyond the 100 used last, or do not
   * exist.
   * @param exists whether a version is still published
   */
  async sweep(exists: (model: string) => Promise<boolean>): Promise<void> {
    const models = [...this.#usedAt.keys()];
    for (const [i, model] of models.entries()) {
      const isRecent = this.now() - (this.#usedAt.get(model) ?? 0) < HOUR_MS && i >= models.length - MAX_MODELS;
      if (isRecent && (await exists(model))) continue;
      this.#usedAt.delete(model);
      await this.#remove(model);
    }
  }

  async #remove(model: string): Promise<void> {
    for (const { name } of this.registry.getMetricsAsArray()) {
      const metric = this.registry.getSingleMetric(name);
      if (metric === undefined || !('labelNames' in metric)) continue;
      for (const { labels } of (await metric.get()).values) {
        // a bucket's, which is none of the series
        const own = Object.entries(labels).filter(([label]) => label !== 'le');
        if (own.some(([label, value]) => label === 'model' && value === model)) metric.remove(Object.fromEntries(own));
      }
    }
  }
}

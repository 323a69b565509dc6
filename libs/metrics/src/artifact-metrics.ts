import type { Registry } from 'prom-client';
import { IO_SECONDS } from './buckets.js';
import { Counter, Histogram } from './instruments.js';

type ArtifactKind = 'result' | 'checkpoint' | 'model' | 'dataset' | 'upload';

/** Bytes written to the artifact store. */
export class ArtifactMetrics {
  readonly #bytes: Counter<'kind'>;
  readonly #seconds: Histogram<'kind'>;

  constructor(registry: Registry) {
    this.#bytes = new Counter(registry, {
      name: 'stride_artifact_written_bytes_total',
      help: 'Bytes written to the artifact store',
      labelNames: ['kind'],
    });
    this.#seconds = new Histogram(registry, {
      name: 'stride_artifact_write_seconds',
      help: 'Writing one artifact until it is durable',
      labelNames: ['kind'],
      buckets: IO_SECONDS,
    });
  }

  written(kind: ArtifactKind, bytes: number, seconds: number): void {
    this.#bytes.inc({ kind }, bytes);
    this.#seconds.observe({ kind }, seconds);
  }
}

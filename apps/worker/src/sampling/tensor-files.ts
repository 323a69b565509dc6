import { hash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import {
  MAX_INLINE_RESULT_BYTES,
  TENSORS,
  tensorsOf,
  type JobTensor,
  type StoredSamplingJob,
  type StoredSamplingResult,
  type TensorPath,
} from '#contract';
import { decodeTensor, encodeTensor, type TensorValues } from '#queue';
import { ArtifactMetrics } from '#metrics';
import { decodeSingleTensor, ArtifactStore, parseArtifactId, recordedArtifact, toFloat32 } from '#storage';
import type { SamplingTensors } from './sampling-run.js';

/** The tensors of sampling jobs: small ones travel in the job, large ones are artifacts. */
@Injectable()
export class TensorFiles {
  constructor(
    private readonly artifacts: ArtifactStore,
    private readonly artifactMetrics: ArtifactMetrics,
  ) {}

  /** What the request names, inline or as artifacts. @throws StorageError */
  async read(request: StoredSamplingJob['request']): Promise<SamplingTensors> {
    const stored = tensorsOf<JobTensor>(request);
    const tensors = new Map<TensorPath, TensorValues>();
    const artifacts: { readonly path: TensorPath; readonly artifact: string }[] = [];
    for (const { path } of TENSORS) {
      const tensor = stored[path];
      if (tensor === undefined) continue;
      if ('artifact' in tensor) artifacts.push({ path, ...tensor });
      else tensors.set(path, decodeTensor(tensor, path));
    }
    await Promise.all(artifacts.map(async ({ path, artifact }) => tensors.set(path, await this.#fetch(artifact))));
    return tensors;
  }

  async #fetch(artifact: string): Promise<TensorValues> {
    const sha256 = parseArtifactId(artifact);
    const stored = decodeSingleTensor(await recordedArtifact(sha256, () => this.artifacts.get(sha256)));
    return { shape: stored.shape, data: toFloat32(stored) };
  }

  /** Small results travel in the job's return value, large ones are named by their hash. */
  async store(
    values: TensorValues,
  ): Promise<Pick<StoredSamplingResult, 'shape' | 'sha256' | 'bytes' | 'tensor' | 'artifact'>> {
    const { shape, data } = values;
    const raw = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    const size = { shape: [...shape], bytes: raw.length };
    if (raw.length <= MAX_INLINE_RESULT_BYTES) {
      const sha256 = hash('sha256', raw);
      return { sha256, tensor: encodeTensor(values), ...size };
    }
    const startedAt = performance.now();
    const { sha256 } = await this.artifacts.put(raw);
    this.artifactMetrics.written('result', raw.length, (performance.now() - startedAt) / 1000);
    return { sha256, artifact: sha256, ...size };
  }
}

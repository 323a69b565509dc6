import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError, type TrainingDataset } from '#ddim';
import { z } from 'zod';
import type { ArtifactStore } from './artifact-store.js';
import { inspectDataset, readDataset, type DatasetSummary } from './dataset-file.js';
import { checkName } from './names.js';
import { RecordFiles } from './record-files.js';
import { ifExists } from './storage-error.js';

const ValueRangeRecord = z.object({ min: z.array(z.number()), max: z.array(z.number()) });

const DatasetRecordFile = z.object({
  name: z.string(),
  sha256: z.string(),
  bytes: z.int(),
  count: z.int(),
  obsSize: z.int(),
  actionHorizon: z.int(),
  actionDim: z.int(),
  observationRange: ValueRangeRecord,
  actionRange: ValueRangeRecord,
  createdAt: z.string(),
});

/** A named dataset; its bytes are the artifact `sha256`. */
export interface DatasetRecord extends DatasetSummary {
  readonly name: string;
  readonly sha256: string;
  readonly bytes: number;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
}

export interface PutDatasetOptions {
  /** Default and limit: 1 GiB. */
  readonly maxBytes?: number;
  /** What the sender says the bytes hash to. */
  readonly sha256?: string;
}

const MAX_DATASET_BYTES = 1_073_741_824;

/** Datasets by name: `ROOT/datasets/<name>.json` points to an artifact. */
export class DatasetStore {
  private readonly directory: string;
  private readonly records: RecordFiles;

  constructor(
    private readonly artifacts: ArtifactStore,
    root: string,
  ) {
    this.directory = join(root, 'datasets');
    this.records = new RecordFiles(join(root, 'tmp'));
  }

  /**
   * Stores safetensors or npz under a name, in place of what had the name before; nothing is stored unless every number is good.
   * @throws InputError `invalid_id`, `payload_too_large`, `digest_mismatch`, `dataset_invalid`, `non_finite_input`,
   * `unsupported_format` or the decoders' codes; StorageError
   */
  async put(
    name: string,
    source: Uint8Array | AsyncIterable<Uint8Array>,
    { maxBytes = MAX_DATASET_BYTES, sha256 }: PutDatasetOptions = {},
  ): Promise<DatasetRecord> {
    checkName('dataset', name);
    const summaries: DatasetSummary[] = [];
    const artifact = await this.artifacts.put(source, {
      maxBytes: Math.min(maxBytes, MAX_DATASET_BYTES),
      ...(sha256 === undefined ? {} : { sha256 }),
      inspect: async (bytes) => void summaries.push(await inspectDataset(bytes)),
    });
    const [summary] = summaries;
    const record = {
      name,
      sha256: artifact.sha256,
      bytes: artifact.bytes,
      ...summary,
      createdAt: new Date().toISOString(),
    };
    const former = await this.find(name);
    await this.records.replace(this.path(name), record);
    if (former) await this.release(former);
    return record;
  }

  /** @throws InputError `invalid_id` or `dataset_not_found`; StorageError */
  async get(name: string): Promise<DatasetRecord> {
    const record = await this.find(name);
    if (!record) throw new InputError('dataset_not_found', `there is no dataset ${name}`, { field: 'dataset' });
    return record;
  }

  /** All datasets by name. @throws StorageError */
  async list(): Promise<readonly DatasetRecord[]> {
    const files = (await ifExists('list the datasets', () => readdir(this.directory))) ?? [];
    const names = files.filter((file) => file.endsWith('.json')).map((file) => file.slice(0, -'.json'.length));
    const records = await Promise.all(names.sort().map((name) => this.find(name)));
    return records.filter((record) => record !== undefined);
  }

  /** Forgets the name; jobs that were accepted before still find the bytes. @throws InputError like get; StorageError */
  async delete(name: string): Promise<void> {
    const record = await this.get(name);
    await ifExists('delete a dataset', () => rm(this.path(name)));
    await this.release(record);
  }

  /** The arrays of a record's bytes, whatever its name means by now. @throws InputError `artifact_not_found`; StorageError */
  async read(record: Pick<DatasetRecord, 'sha256'>): Promise<TrainingDataset> {
    return readDataset(await this.artifacts.get(record.sha256));
  }

  /** SHA-256s of the bytes that a sweep must leave alone. @throws StorageError */
  async owners(): Promise<ReadonlySet<string>> {
    return new Set((await this.list()).map(({ sha256 }) => sha256));
  }

  private async find(name: string): Promise<DatasetRecord | undefined> {
    checkName('dataset', name);
    return this.records.read(this.path(name), DatasetRecordFile);
  }

  /** Bytes without an owner stay for another day, for the jobs that name them. */
  private async release({ sha256 }: DatasetRecord): Promise<void> {
    try {
      await this.artifacts.touch(sha256);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
    }
  }

  private path(name: string): string {
    return join(this.directory, `${name}.json`);
  }
}

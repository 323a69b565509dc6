import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError, type TrainingDataset } from '#ddim';
import type { ArtifactStore } from './artifact-store.js';
import { inspectDataset, readDataset, type DatasetSummary } from './dataset-file.js';
import { DatasetRecordFile, type DatasetRecord } from './dataset-record.js';
import { checkName, isName } from './names.js';
import { RecordFiles } from './record-files.js';
import { ifExists, StorageError } from './storage-error.js';

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

  /**
   * All datasets by name. One whose record is damaged is left out, so that it does not hide the others; asked for by its name, it
   * says what is wrong. @throws StorageError
   */
  async list(): Promise<readonly DatasetRecord[]> {
    const records = await Promise.all((await this.names()).map((name) => this.findIntact(name)));
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

  /** SHA-256s of the bytes that a sweep must leave alone; nobody knows them all while a record is damaged. @throws StorageError */
  async owners(): Promise<ReadonlySet<string>> {
    const records = await Promise.all((await this.names()).map((name) => this.find(name)));
    return new Set(records.flatMap((record) => (record ? [record.sha256] : [])));
  }

  private async names(): Promise<readonly string[]> {
    const files = (await ifExists('list the datasets', () => readdir(this.directory))) ?? [];
    const names = files.filter((file) => file.endsWith('.json')).map((file) => file.slice(0, -'.json'.length));
    return names.filter(isName).sort();
  }

  private async findIntact(name: string): Promise<DatasetRecord | undefined> {
    try {
      return await this.find(name);
    } catch (error) {
      if (error instanceof StorageError && error.code === 'artifact_corrupt') return undefined;
      throw error;
    }
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

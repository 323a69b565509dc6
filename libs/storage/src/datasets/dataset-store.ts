import { InputError } from '#ddim';
import type { TrainingDataset } from '#training';
import { ArtifactStore } from '../artifacts/artifact-store.js';
import { readDataset } from './dataset-file.js';
import { DatasetRecordFile, type DatasetRecord } from './dataset-record.js';
import { openRows, type DatasetRows } from './dataset-rows.js';
import { inspectDataset, type DatasetSummary } from './dataset-summary.js';
import { checkName, isName } from '../names.js';
import { JsonRecords, type OnUnreadableRecord } from '../records/json-records.js';
import { recordedArtifact } from '../artifacts/recorded-artifact.js';
import type { Store } from '../stores/store.js';

interface PutDatasetOptions {
  /** Default and limit: 1 GiB. */
  readonly maxBytes?: number;
  /** What the sender says the bytes hash to. */
  readonly sha256?: string;
  /** Whose it is, if it is new. */
  readonly owner?: string;
  /** Throws when the owner of what has the name must not lose it; '' when nobody can say whose it is. */
  readonly mayReplace?: (owner: string | undefined) => void;
  /** Asked when the bytes are stored and found good; when it throws, the name means what it did. */
  readonly accept?: (file: { readonly sha256: string; readonly bytes: number }) => Promise<void>;
}

export const MAX_DATASET_BYTES = 1_073_741_824;
const FOLDER = 'datasets/';
/** No name of an owner. */
const NOBODY = '';

/** Datasets by name: the record `datasets/<name>.json` points to an artifact. */
export class DatasetStore {
  private readonly artifacts: ArtifactStore;
  private readonly records: JsonRecords;

  constructor(store: Store, onUnreadable?: OnUnreadableRecord) {
    this.artifacts = new ArtifactStore(store);
    this.records = new JsonRecords(store.records, onUnreadable);
  }

  /**
   * Stores safetensors or npz under a name, in place of what had the name before; nothing is stored unless
   * every number is good.
   * @throws InputError `invalid_id`, `payload_too_large`, `digest_mismatch`, `dataset_invalid`,
   * `non_finite_input`, `unsupported_format` or the decoders' codes; StorageError
   */
  async put(
    name: string,
    source: Uint8Array | AsyncIterable<Uint8Array>,
    { maxBytes = MAX_DATASET_BYTES, sha256, owner, mayReplace, accept }: PutDatasetOptions = {},
  ): Promise<DatasetRecord> {
    checkName('dataset', name);
    const summaries: DatasetSummary[] = [];
    const artifact = await this.artifacts.put(source, {
      maxBytes: Math.min(maxBytes, MAX_DATASET_BYTES),
      ...(sha256 === undefined ? {} : { sha256 }),
      inspect: async (bytes) => void summaries.push(await inspectDataset(bytes)),
    });
    await accept?.(artifact);
    const [summary] = summaries;
    const record = {
      name,
      sha256: artifact.sha256,
      bytes: artifact.bytes,
      ...summary,
      createdAt: new Date().toISOString(),
    };
    return this.take(name, record, { owner, mayReplace });
  }

  /** @throws InputError `invalid_id` or `dataset_not_found`; StorageError */
  async get(name: string): Promise<DatasetRecord> {
    const record = await this.find(name);
    if (!record) throw noDataset(name);
    return record;
  }

  /**
   * All datasets by name. One whose record is damaged is left out, so that it does not hide the others; asked
   * for by its name, it says what is wrong. @throws StorageError
   */
  async list(): Promise<readonly DatasetRecord[]> {
    const keys = (await this.names()).map(keyOf);
    const records = await Promise.all(keys.map((key) => this.records.readAmongMany(key, DatasetRecordFile)));
    return records.filter((record) => record !== undefined && record !== 'damaged');
  }

  /**
   * Forgets the name, also of a damaged record; jobs that were accepted before still find the bytes.
   * @throws InputError like get; StorageError of the disk
   */
  async delete(name: string): Promise<void> {
    checkName('dataset', name);
    const owned = await this.records.hashesIn(keyOf(name));
    if (!(await this.records.remove(keyOf(name)))) throw noDataset(name);
    await this.release(owned);
  }

  /**
   * The arrays of a record's bytes, whatever its name means by now. @throws StorageError, `artifact_missing`
   * included
   */
  async read(record: Pick<DatasetRecord, 'sha256'>): Promise<TrainingDataset> {
    return readDataset(await recordedArtifact(record.sha256, () => this.artifacts.get(record.sha256)));
  }

  /**
   * Its rows, piece by piece, whatever its name means by now.
   * @throws StorageError, `artifact_missing` included
   */
  async rows(record: DatasetRecord): Promise<DatasetRows> {
    const { sha256 } = record;
    return openRows(record, (range) => recordedArtifact(sha256, () => this.artifacts.get(sha256, range)));
  }

  /**
   * SHA-256s of the bytes that a sweep must leave alone, those in damaged records among them. @throws
   * StorageError
   */
  async owners(): Promise<ReadonlySet<string>> {
    const owned = await Promise.all((await this.names()).map((name) => this.records.ownedBy(keyOf(name))));
    return new Set(owned.flat());
  }

  private async names(): Promise<readonly string[]> {
    const records = (await this.records.names(FOLDER)).filter((name) => name.endsWith('.json'));
    const names = records.map((name) => name.slice(0, -'.json'.length));
    return names.filter(isName).sort();
  }

  /** The same; undefined when there is none. */
  async find(name: string): Promise<DatasetRecord | undefined> {
    checkName('dataset', name);
    return this.records.read(keyOf(name), DatasetRecordFile);
  }

  /** Lets a name mean new bytes; of what has the name already only its owner stays. */
  private async take(
    name: string,
    record: DatasetRecord,
    { owner, mayReplace = () => undefined }: Pick<PutDatasetOptions, 'owner' | 'mayReplace'>,
  ): Promise<DatasetRecord> {
    for (;;) {
      const released = await this.records.hashesIn(keyOf(name));
      const { value: former, condition } = await this.records.look(keyOf(name), DatasetRecordFile);
      const formerOwner = former === 'damaged' ? NOBODY : former?.owner;
      if (condition !== 'absent') mayReplace(formerOwner);
      const whose = former === undefined || former === 'damaged' ? owner : formerOwner;
      const owned = whose === undefined ? record : { ...record, owner: whose };
      if (!(await this.records.replaceIf(keyOf(name), owned, condition))) continue; // another one was quicker
      await this.release(released);
      return owned;
    }
  }

  /** Bytes without an owner stay for another day, for the jobs that name them. */
  private async release(owned: readonly string[]): Promise<void> {
    for (const sha256 of owned) {
      try {
        await this.artifacts.touch(sha256);
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
      }
    }
  }
}

function keyOf(name: string): string {
  return `${FOLDER}${name}.json`;
}

/** What whoever may not see a dataset hears, too. */
export function noDataset(name: string): InputError {
  return new InputError('dataset_not_found', `there is no dataset ${name}`, { field: 'dataset' });
}

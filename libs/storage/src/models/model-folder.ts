import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { HungMark, ModelVersionFile, type ModelVersionRecord } from './model-version-record.js';
import type { RecordFiles } from '../records/record-files.js';
import { ifExists } from '../storage-error.js';

/** What a model's directory says at one moment. */
export interface ModelState {
  /** Published versions by number, ascending; deleted ones are not among them. */
  readonly versions: ReadonlyMap<number, ModelVersionRecord>;
  /**
   * Versions whose records are damaged, ascending: they are listed nowhere, but nothing else takes their
   * place.
   */
  readonly damaged: readonly number[];
  readonly aliases: ReadonlyMap<string, number>;
  /** The highest number that was ever taken. */
  readonly highestVersion: number;
}

/** Points to a version. */
export const AliasFile = z.object({ version: z.int().min(1) });

/**
 * Changes within the clock tick of the file system may leave a directory's time as it was: trust none younger
 * than this.
 */
const SETTLED_MS = 1_000;

/**
 * The directory of one model. Its files, each written once and never changed unless said:
 * - `version-3.json`: the record of version 3. Of a training job's version it is only a claim on the number,
 *   and invisible, until
 * - `job-<id>.json`, the same record, exists: the first one to be written is the job's version for good;
 * - `deleted-3.json`: version 3 is gone, and its number will not come back;
 * - `hung-3.json`: version 3 made a worker hang, and why we think so; whoever knows better removes the file;
 * - `alias-<alias>.json`: the version an alias means; replaced when the alias moves, removed with its
 *   version.
 */
export class ModelFolder {
  private readonly records = new Map<string, ModelVersionRecord>();
  private known: { readonly mtimeNs: bigint; readonly state: ModelState } | undefined;

  constructor(
    private readonly directory: string,
    private readonly files: RecordFiles,
  ) {}

  path(file: string): string {
    return join(this.directory, file);
  }

  /** The present state; the directory is read again only after it has changed. @throws StorageError */
  async read(): Promise<ModelState> {
    const info = await ifExists('read a model', () => stat(this.directory, { bigint: true }));
    if (!info) return { versions: new Map(), damaged: [], aliases: new Map(), highestVersion: 0 };
    if (this.known?.mtimeNs === info.mtimeNs) return this.known.state;
    const settled = Date.now() - Number(info.mtimeMs) > SETTLED_MS;
    const state = await this.scan();
    if (settled) this.known = { mtimeNs: info.mtimeNs, state };
    return state;
  }

  /** The version that a training job has published. @throws StorageError */
  async versionOfJob(trainingJobId: string): Promise<ModelVersionRecord | undefined> {
    return this.record(`job-${trainingJobId}.json`);
  }

  private async scan(): Promise<ModelState> {
    const names = (await ifExists('read a model', () => readdir(this.directory))) ?? [];
    const present = new Set(names);
    const numbers = names.flatMap((name) => /^version-([1-9][0-9]*)\.json$/.exec(name)?.[1] ?? []).map(Number);
    const versions = new Map<number, ModelVersionRecord>();
    const damaged: number[] = [];
    for (const version of numbers.sort((a, b) => a - b)) {
      if (present.has(`deleted-${version}.json`)) continue;
      const record = await this.published(version);
      const hung = present.has(`hung-${version}.json`) ? await this.hungMark(version) : undefined;
      if (record === 'damaged' || hung === 'damaged') damaged.push(version);
      else if (record !== undefined) versions.set(version, hung ? { ...record, hung } : record);
    }
    return { versions, damaged, aliases: await this.aliases(names), highestVersion: numbers.at(-1) ?? 0 };
  }

  private async published(version: number): Promise<ModelVersionRecord | 'damaged' | undefined> {
    const record = await this.recordAmongMany(`version-${version}.json`);
    if (record === undefined || record === 'damaged' || record.provenance.trainingJobId === undefined) return record;
    const ofJob = await this.recordAmongMany(`job-${record.provenance.trainingJobId}.json`);
    if (ofJob === undefined || ofJob === 'damaged') return ofJob;
    return ofJob.version === version ? record : undefined;
  }

  private hungMark(version: number): Promise<HungMark | 'damaged' | undefined> {
    return this.files.readAmongMany(this.path(`hung-${version}.json`), HungMark);
  }

  private async aliases(names: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const aliases = new Map<string, number>();
    for (const alias of names.flatMap((name) => /^alias-(.+)\.json$/.exec(name)?.[1] ?? [])) {
      const target = await this.files.readAmongMany(this.path(`alias-${alias}.json`), AliasFile);
      if (target !== undefined && target !== 'damaged') aliases.set(alias, target.version);
    }
    return aliases;
  }

  private async recordAmongMany(file: string): Promise<ModelVersionRecord | 'damaged' | undefined> {
    const known = this.records.get(file);
    if (known) return known;
    const record = await this.files.readAmongMany(this.path(file), ModelVersionFile);
    if (record !== undefined && record !== 'damaged') this.records.set(file, record);
    return record;
  }

  private async record(file: string): Promise<ModelVersionRecord | undefined> {
    const known = this.records.get(file);
    if (known) return known;
    const record = await this.files.read(this.path(file), ModelVersionFile);
    if (record) this.records.set(file, record);
    return record;
  }
}

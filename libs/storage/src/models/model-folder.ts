import { z } from 'zod';
import { HungMark, ModelVersionFile, PolicyRecord, type ModelVersionRecord } from './model-version-record.js';
import type { JsonRecords } from '../records/json-records.js';
import { NameClaim, NOBODY, OWNER_FILE } from './name-claim.js';

/** What a model's records say at one moment. */
export interface ModelState {
  /** Published versions by number, ascending; deleted ones are not among them. */
  readonly versions: ReadonlyMap<number, ModelVersionRecord>;
  /**
   * Versions whose records are damaged, ascending: they are listed nowhere, but nothing else takes their
   * place.
   */
  readonly damaged: readonly number[];
  readonly aliases: ReadonlyMap<string, number>;
  /** Whose the name is; undefined: nobody said, as before there were owners. */
  readonly claim: NameClaim | undefined;
  /** The highest number that was ever taken. */
  readonly highestVersion: number;
}

/** Where the folders of all models lie. */
export const MODELS = 'models/';

/** Points to a version. */
const AliasFile = z.object({ version: z.int().min(1) });

/**
 * The records of one model. Each of them is written once and never changed unless said:
 * - `version-3.json`: the record of version 3. Of a training job's version it is only a claim on the number,
 *   and invisible, until
 * - `job-<id>.json`, the same record, exists: the first one to be written is the job's version for good;
 * - `deleted-3.json`: version 3 is gone, and its number will not come back;
 * - `hung-3.json`: version 3 made a worker hang, and why we think so; whoever knows better removes the
 *   record;
 * - `policy-3.json`: what version 3 takes and gives as a policy; replaced when somebody says it anew;
 * - `owner.json`: whose the name is, from before its first version on; replaced only while there is none;
 * - `alias-<alias>.json`: the version an alias means; replaced when the alias moves, removed with its
 *   version.
 */
export class ModelFolder {
  private readonly kept = new Map<string, ModelVersionRecord>();
  private known: { readonly revision: string; readonly state: ModelState } | undefined;

  /** @param folder such as `models/pens/` */
  constructor(
    private readonly folder: string,
    private readonly records: JsonRecords,
  ) {}

  key(name: string): string {
    return `${this.folder}${name}`;
  }

  /** The present state; it is read again only after it may have changed. @throws StorageError */
  async read(): Promise<ModelState> {
    const revision = await this.records.revision(this.folder);
    if (revision !== undefined && this.known?.revision === revision) return this.known.state;
    const state = await this.scan();
    if (revision !== undefined) this.known = { revision, state };
    return state;
  }

  /** The version that a training job has published. @throws StorageError */
  async versionOfJob(trainingJobId: string): Promise<ModelVersionRecord | undefined> {
    return this.record(`job-${trainingJobId}.json`);
  }

  private async scan(): Promise<ModelState> {
    const names = await this.records.names(this.folder);
    const present = new Set(names);
    const numbers = names.flatMap((name) => /^version-([1-9][0-9]*)\.json$/.exec(name)?.[1] ?? []).map(Number);
    const versions = new Map<number, ModelVersionRecord>();
    const damaged: number[] = [];
    const claim = present.has(OWNER_FILE) ? await this.claim() : undefined;
    for (const version of numbers.sort((a, b) => a - b)) {
      if (present.has(`deleted-${version}.json`)) continue;
      const record = await this.published(version);
      const hung = present.has(`hung-${version}.json`) ? await this.hungMark(version) : undefined;
      const policy = present.has(policyFile(version)) ? await this.policy(version) : undefined;
      if (record === 'damaged' || hung === 'damaged' || policy === 'damaged') damaged.push(version);
      else if (record !== undefined) versions.set(version, withMarks(record, { hung, policy, owner: claim?.owner }));
    }
    return { versions, damaged, aliases: await this.aliases(names), claim, highestVersion: numbers.at(-1) ?? 0 };
  }

  private async claim(): Promise<NameClaim | undefined> {
    const found = await this.records.readAmongMany(this.key(OWNER_FILE), NameClaim);
    return found === 'damaged' ? NOBODY : found;
  }

  private async published(version: number): Promise<ModelVersionRecord | 'damaged' | undefined> {
    const record = await this.recordAmongMany(`version-${version}.json`);
    if (record === undefined || record === 'damaged' || record.provenance.trainingJobId === undefined) return record;
    const ofJob = await this.recordAmongMany(`job-${record.provenance.trainingJobId}.json`);
    if (ofJob === undefined || ofJob === 'damaged') return ofJob;
    return ofJob.version === version ? record : undefined;
  }

  private hungMark(version: number): Promise<HungMark | 'damaged' | undefined> {
    return this.records.readAmongMany(this.key(`hung-${version}.json`), HungMark);
  }

  private policy(version: number): Promise<PolicyRecord | 'damaged' | undefined> {
    return this.records.readAmongMany(this.key(policyFile(version)), PolicyRecord);
  }

  private async aliases(names: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const aliases = new Map<string, number>();
    for (const alias of names.flatMap((name) => /^alias-(.+)\.json$/.exec(name)?.[1] ?? [])) {
      const target = await this.records.readAmongMany(this.key(`alias-${alias}.json`), AliasFile);
      if (target !== undefined && target !== 'damaged') aliases.set(alias, target.version);
    }
    return aliases;
  }

  private async recordAmongMany(file: string): Promise<ModelVersionRecord | 'damaged' | undefined> {
    const known = this.kept.get(file);
    if (known) return known;
    const record = await this.records.readAmongMany(this.key(file), ModelVersionFile);
    if (record !== undefined && record !== 'damaged') this.kept.set(file, record);
    return record;
  }

  private async record(file: string): Promise<ModelVersionRecord | undefined> {
    const known = this.kept.get(file);
    if (known) return known;
    const record = await this.records.read(this.key(file), ModelVersionFile);
    if (record) this.kept.set(file, record);
    return record;
  }
}

/** Holds what a version takes and gives as a policy; may be replaced. */
export function policyFile(version: number): string {
  return `policy-${version}.json`;
}

type Marks = Pick<ModelVersionRecord, 'hung' | 'policy' | 'owner'>;

/** A record with what lies in files of its own. */
function withMarks(record: ModelVersionRecord, { hung, policy, owner }: Marks): ModelVersionRecord {
  if (hung === undefined && policy === undefined && owner === undefined) return record;
  return { ...record, ...(hung && { hung }), ...(policy && { policy }), ...(owner !== undefined && { owner }) };
}

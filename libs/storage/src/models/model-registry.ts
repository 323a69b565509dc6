import { createHash } from 'node:crypto';
import { InputError, modelToTensors, type DdimModel } from '#ddim';
import { ArtifactStore, type PutOptions } from '../artifacts/artifact-store.js';
import { encodeImportedSettings } from './imported-settings.js';
import type { CheckpointImportRequest, ImportRequest, OnnxImportRequest } from './import-request.js';
import { decodeModel } from './decode-model.js';
import { describeImport, describeVersion, type PublishRequest } from './model-description.js';
import { ModelFolder, MODELS, policyFile } from './model-folder.js';
import type { ModelIdentity } from './model-identity.js';
import { requireClaim } from './name-claim.js';
import { modelSummary, noModel, type ModelSummary } from './model-summary.js';
import {
  sameWeights,
  type HungMark,
  type ImportedVersionRecord,
  type MlpVersionRecord,
  type ModelVersionRecord,
  type PolicyRecord,
} from './model-version-record.js';
import { checkAlias, checkName, checkTrainingJobId, isName } from '../names.js';
import { JsonRecords, type OnUnreadableRecord } from '../records/json-records.js';
import { recordedArtifact } from '../artifacts/recorded-artifact.js';
import { encodeSafetensors } from '../formats/safetensors.js';
import { StorageError } from '../storage-error.js';
import type { Store } from '../stores/store.js';

const REFERENCE = /^(?<name>[^@]*)(?:@(?:(?<version>[1-9][0-9]{0,8})|(?<alias>[a-z].*)))?$/;

/**
 * Published model versions in the records `models/<name>/`; every process that shares the store sees the same
 * ones.
 */
export class ModelRegistry {
  private readonly artifacts: ArtifactStore;
  private readonly records: JsonRecords;
  private readonly folders = new Map<string, ModelFolder>();
  private readonly references = new WeakMap<ModelVersionRecord, Promise<ModelIdentity>>();

  constructor(store: Store, onUnreadable?: OnUnreadableRecord) {
    this.artifacts = new ArtifactStore(store);
    this.records = new JsonRecords(store.records, onUnreadable);
  }

  /**
   * Stores a model as the next version of its name. A training job that has published before gets the same
   * record again.
   * @throws InputError `invalid_id`; `checkpoint_mismatch` when the job has published other weights, or no
   * longer has the name; StorageError
   */
  async publish(request: PublishRequest): Promise<ModelVersionRecord> {
    const { name, model, trainingJobId } = request;
    checkName('model', name);
    if (trainingJobId !== undefined) checkTrainingJobId(trainingJobId);
    const { tensors, metadata } = modelToTensors(model);
    const { sha256, bytes } = await this.artifacts.put(encodeSafetensors(tensors, metadata));
    const folder = this.folder(name);
    const former = trainingJobId === undefined ? undefined : await folder.versionOfJob(trainingJobId);
    if (former) return sameWeights(former, sha256);
    if (trainingJobId !== undefined) requireClaim(await folder.read(), trainingJobId);
    await request.accept?.({ sha256, bytes });
    const claimed = await this.claimVersion(folder, describeVersion(request, sha256, bytes));
    if (trainingJobId === undefined || (await this.records.create(folder.key(`job-${trainingJobId}.json`), claimed)))
      return claimed;
    const winner = await folder.versionOfJob(trainingJobId);
    return sameWeights(winner ?? claimed, sha256);
  }

  /**
   * Stores one of our own checkpoints, byte for byte, as the next version of its name.
   * @throws InputError `invalid_id`, `payload_too_large`, `digest_mismatch`, the codes of decodeModel,
   * or what `accept` throws; StorageError
   */
  async importCheckpoint({ measurePrecisions, ...request }: CheckpointImportRequest): Promise<MlpVersionRecord> {
    checkName('model', request.name);
    const { name } = request;
    const models: DdimModel[] = [];
    const { sha256, bytes } = await this.artifacts.put(request.source, {
      ...limitsOf(request),
      inspect: (content) => void models.push(decodeModel(content)),
    });
    const [model] = models;
    if (!model) throw new TypeError('the store did not inspect the bytes');
    const precisions = await measurePrecisions?.(model);
    const described = describeVersion(
      { name, model, provenance: { source: 'import' }, precisions, policy: request.policy },
      sha256,
      bytes,
    );
    await request.accept?.({ sha256, bytes });
    return this.claimVersion(this.folder(name), described);
  }

  /**
   * Stores an ONNX denoiser as the next version of its name.
   * @throws InputError `invalid_id`, `payload_too_large`, `digest_mismatch`, or what inspectFile and `accept`
   * throw; StorageError
   */
  async importOnnx({ settings, warnings, inspectFile, ...request }: OnnxImportRequest): Promise<ImportedVersionRecord> {
    checkName('model', request.name);
    const counts: number[] = [];
    const { sha256, bytes } = await this.artifacts.put(request.source, {
      ...limitsOf(request),
      inspectFile: async (path) => void counts.push((await inspectFile(path)).paramCount),
    });
    const [paramCount = 0] = counts;
    const described = describeImport(request.name, settings, {
      sha256,
      bytes,
      paramCount,
      warnings,
      policy: request.policy,
    });
    await this.artifacts.put(encodeImportedSettings(described));
    await request.accept?.({ sha256, bytes });
    return this.claimVersion(this.folder(request.name), described);
  }

  /**
   * The version that `name` (the newest), `name@3` or `name@alias` means.
   * @throws InputError `invalid_id`, `model_not_found`; StorageError `artifact_corrupt` when its record is
   * damaged: no other version takes its place
   */
  async resolve(reference: string): Promise<ModelVersionRecord> {
    const { name, version, alias } = REFERENCE.exec(reference)?.groups ?? { name: reference };
    checkName('model', name);
    if (alias !== undefined) checkAlias(alias);
    const state = await this.folder(name).read();
    const newest = Math.max([...state.versions.keys()].at(-1) ?? 0, state.damaged.at(-1) ?? 0);
    const wanted = Number(alias === undefined ? (version ?? newest) : state.aliases.get(alias));
    if (state.damaged.includes(wanted))
      throw new StorageError('artifact_corrupt', `the record of ${name}@${wanted} is damaged`);
    const record = state.versions.get(wanted);
    if (!record) throw noModel(reference);
    return record;
  }

  /** Reads a version as users will. @throws StorageError if it is not there, or not as it was published */
  async confirm({ name, version, sha256 }: ModelVersionRecord): Promise<void> {
    const found = await this.find(name, version);
    if (found?.sha256 !== sha256)
      throw new StorageError('artifact_store_error', `${name}@${version} was published and is not there`);
    await this.load(found);
  }

  /** @throws StorageError, also `artifact_missing`; InputError of decodeSafetensors and modelFromTensors */
  async load({ sha256 }: Pick<ModelVersionRecord, 'sha256'>): Promise<DdimModel> {
    return decodeModel(await recordedArtifact(sha256, () => this.artifacts.get(sha256)));
  }

  /**
   * How a job names the version: by the hashes of its bytes, which are there, and stay for a day after the
   * version is gone. Looked at once per record. @throws StorageError, `artifact_missing` included
   */
  refer(record: ModelVersionRecord): Promise<ModelIdentity> {
    const known = this.references.get(record);
    if (known) return known;
    const reference = this.findBytes(record);
    this.references.set(record, reference);
    reference.catch(() => this.references.delete(record));
    return reference;
  }

  /** The record of `name@version`, if there is one. @throws InputError `invalid_id`; StorageError */
  async find(name: string, version: number): Promise<ModelVersionRecord | undefined> {
    checkName('model', name);
    return (await this.folder(name).read()).versions.get(version);
  }

  /** All models by name, without versions whose records are damaged. @throws StorageError */
  async list(): Promise<readonly ModelSummary[]> {
    const names = await this.names();
    const models = await Promise.all(names.map(async (name) => modelSummary(name, await this.folder(name).read())));
    return models.filter(({ versions }) => versions.length > 0);
  }

  private async names(): Promise<readonly string[]> {
    const folders = (await this.records.names(MODELS)).filter((name) => name.endsWith('/'));
    const names = folders.map((name) => name.slice(0, -1));
    return names.filter(isName).sort();
  }

  /** @throws InputError `invalid_id` or `model_not_found`; StorageError */
  async get(name: string): Promise<ModelSummary> {
    checkName('model', name);
    const model = modelSummary(name, await this.folder(name).read());
    if (model.versions.length === 0) throw noModel(name);
    return model;
  }

  /**
   * Lets `name@alias` mean a version from now on. @throws InputError `invalid_id` or `model_not_found`;
   * StorageError
   */
  async setAlias(name: string, alias: string, version: number): Promise<ModelVersionRecord> {
    checkAlias(alias);
    const record = await this.resolve(`${name}@${version}`);
    await this.records.replace(this.folder(name).key(`alias-${alias}.json`), { version });
    return record;
  }

  /**
   * Takes a version away, and the aliases that mean it. Its number does not come back; jobs that were
   * accepted before still find its weights. @throws InputError `invalid_id` or `model_not_found`;
   * StorageError
   */
  async deleteVersion(name: string, version: number): Promise<void> {
    const record = await this.resolve(`${name}@${version}`);
    const folder = this.folder(name);
    await this.release(record);
    await this.records.create(folder.key(`deleted-${version}.json`), { deletedAt: new Date().toISOString() });
    const { aliases } = await folder.read();
    for (const [alias, target] of aliases)
      if (target === version) await this.records.remove(folder.key(`alias-${alias}.json`));
  }

  /**
   * Puts on record that a version made a worker hang. The first reason stays. @throws InputError `invalid_id`
   * or `model_not_found`; StorageError
   */
  async markHung(reference: string, reason: string): Promise<void> {
    const { name, version } = await this.resolve(reference);
    const mark: HungMark = { at: new Date().toISOString(), reason };
    await this.records.create(this.folder(name).key(`hung-${version}.json`), mark);
  }

  /**
   * Says what a version takes and gives as a policy, from now on. @throws InputError `invalid_id` or
   * `model_not_found`; StorageError
   */
  async describePolicy(name: string, version: number, policy: PolicyRecord): Promise<ModelVersionRecord> {
    const record = await this.resolve(`${name}@${version}`);
    await this.records.replace(this.folder(name).key(policyFile(version)), policy);
    return { ...record, policy };
  }

  /**
   * SHA-256s of the weights that a sweep must leave alone, and whatever damaged records mention. @throws
   * StorageError
   */
  async owners(): Promise<ReadonlySet<string>> {
    const owned = (await this.names()).map(async (name) => {
      const folder = this.folder(name);
      const { versions, damaged } = await folder.read();
      const mentioned = damaged.map((version) => this.records.ownedBy(folder.key(`version-${version}.json`)));
      return [...[...versions.values()].flatMap(hashesOf), ...(await Promise.all(mentioned)).flat()];
    });
    return new Set((await Promise.all(owned)).flat());
  }

  private async findBytes(record: ModelVersionRecord): Promise<ModelIdentity> {
    const { name, version, sha256 } = record;
    await recordedArtifact(sha256, () => this.artifacts.stat(sha256));
    if (record.format !== 'onnx') return { name, version, sha256 };
    // Versions of earlier releases have no such file.
    const settings = await this.artifacts.put(encodeImportedSettings(record));
    return { name, version, sha256, settings: settings.sha256 };
  }

  /** Bytes without an owner stay for another day, for the jobs that name them. */
  private async release(record: ModelVersionRecord): Promise<void> {
    for (const sha256 of hashesOf(record)) {
      try {
        await this.artifacts.touch(sha256);
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
      }
    }
  }

  private async claimVersion<Record extends ModelVersionRecord>(
    folder: ModelFolder,
    record: Omit<Record, 'version'>,
  ): Promise<Omit<Record, 'version'> & { version: number }> {
    const { highestVersion } = await folder.read();
    for (let version = highestVersion + 1; ; version++) {
      const claimed = { ...record, version };
      if (await this.records.create(folder.key(`version-${version}.json`), claimed)) return claimed;
    }
  }

  private folder(name: string): ModelFolder {
    const known = this.folders.get(name);
    if (known) return known;
    const folder = new ModelFolder(`${MODELS}${name}/`, this.records);
    this.folders.set(name, folder);
    return folder;
  }
}

function limitsOf({ maxBytes, sha256 }: ImportRequest): PutOptions {
  return { maxBytes, ...(sha256 === undefined ? {} : { sha256 }) };
}

/** SHA-256s of all bytes that the version consists of. */
function hashesOf(record: ModelVersionRecord): string[] {
  if (record.format !== 'onnx') return [record.sha256];
  return [record.sha256, createHash('sha256').update(encodeImportedSettings(record)).digest('hex')];
}

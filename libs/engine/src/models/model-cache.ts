/**
 * The model versions that are here, within a memory budget. Knows nothing of lanes and rows, and of what
 * threads do with a model.
 */

import { DdimError, ModelLoadError, type Precision } from '#ddim';
import { modelBytes, type ModelSource } from '../backend/backend.js';
import { shareModel } from '../memory/shared-arrays.js';
import type { ModelVerdict } from '../protocol/thread-protocol.js';

/** A thread's session holds the model's bytes and its own prepacked copy of the weights. */
const SESSION_BYTES_PER_MODEL_BYTE = 2;
/** A version that did not load is not tried again for so long. */
const FAILURE_MEMORY_MS = 10_000;

/** A model version whose bytes are here. */
export interface CachedModel {
  readonly version: string;
  readonly source: ModelSource;
  /** Estimate over all threads. */
  readonly memoryBytes: number;
  /** What the first thread that loaded it in a precision has found out for the others. */
  readonly verdicts: Map<Precision, ModelVerdict>;
}

interface ModelCacheOptions {
  readonly budgetBytes: number;
  readonly threads: number;
  readonly now: () => number;
  readonly loadModel: (version: string) => Promise<ModelSource>;
  /** What is known of the model from earlier starts. */
  readonly recall: (source: ModelSource) => Promise<Map<Precision, ModelVerdict>>;
  /** A version leaves: no request uses it. */
  readonly onEvict: (model: CachedModel) => void;
}

/**
 * A version that some requests wait for, and those requests: they are its users from the moment it is here.
 */
interface Arrival {
  readonly demand: { users: number };
  readonly model: Promise<CachedModel>;
}

/** A fetched version that waits for its turn and for room. */
interface Candidate {
  readonly model: CachedModel;
  readonly demand: { readonly users: number };
  readonly place: (model: CachedModel) => void;
}

/**
 * The model versions that threads may load, within a memory budget. Each is fetched once, held while requests
 * use it, and kept after that until room is needed: the least recently used goes first. A version that finds
 * no room because all others are in use waits, and requests that come later wait behind it whatever their
 * version, so that a busy version cannot keep another one out for ever.
 */
export class ModelCache {
  /** By last use, oldest first. */
  private readonly models = new Map<string, CachedModel>();
  private readonly users = new Map<string, number>();
  private readonly arrivals = new Map<string, Arrival>();
  private readonly candidates: Candidate[] = [];
  private readonly failures = new Map<string, { readonly error: DdimError; readonly until: number }>();

  constructor(private readonly options: ModelCacheOptions) {}

  get all(): readonly CachedModel[] {
    return [...this.models.values()];
  }

  get memoryBytes(): number {
    return this.all.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0);
  }

  /** Versions that are not here yet. */
  get loading(): readonly string[] {
    return [...this.arrivals.keys()].filter((version) => !this.models.has(version));
  }

  /**
   * The model, now if it is here; its user must `release` it.
   * @throws ModelLoadError when it did not load a moment ago; the promise rejects with what loadModel throws
   */
  acquire(version: string): CachedModel | Promise<CachedModel> {
    this.refuseKnownFailure(version);
    const model = this.models.get(version);
    if (model && this.candidates.length === 0) {
      this.hold(model, 1);
      return model;
    }
    const arrival = this.arrivals.get(version) ?? this.expect(version);
    arrival.demand.users += 1;
    return arrival.model;
  }

  release({ version }: CachedModel): void {
    const users = (this.users.get(version) ?? 0) - 1;
    if (users > 0) this.users.set(version, users);
    else this.users.delete(version);
    this.placeCandidates();
  }

  /** A thread could not load it: forgets the version, and remembers the error for a while. */
  fail(version: string, error: DdimError): void {
    this.failures.set(version, { error, until: this.options.now() + FAILURE_MEMORY_MS });
    this.evict(version);
  }

  private expect(version: string): Arrival {
    const demand = { users: 0 };
    const arrival = { demand, model: this.fetch(version, demand) };
    this.arrivals.set(version, arrival);
    return arrival;
  }

  private async fetch(version: string, demand: { readonly users: number }): Promise<CachedModel> {
    try {
      const model = this.models.get(version) ?? (await this.describe(await this.options.loadModel(version)));
      return await new Promise((place) => {
        this.candidates.push({ model, demand, place });
        this.placeCandidates();
      });
    } catch (error) {
      this.arrivals.delete(version);
      if (error instanceof DdimError && !(error instanceof ModelLoadError)) throw error;
      const known =
        error instanceof ModelLoadError ? error : new ModelLoadError(`${version}: ${String(error)}`, { cause: error });
      this.failures.set(version, { error: known, until: this.options.now() + FAILURE_MEMORY_MS });
      throw known;
    }
  }

  private async describe(source: ModelSource): Promise<CachedModel> {
    const { budgetBytes, threads } = this.options;
    const memoryBytes = modelBytes(source) * SESSION_BYTES_PER_MODEL_BYTE * threads;
    if (memoryBytes > budgetBytes)
      throw new ModelLoadError(
        `${source.version} needs ${memoryBytes} bytes on ${threads} threads, the limit is ${budgetBytes}`,
      );
    return {
      version: source.version,
      source: shareModel(source),
      memoryBytes,
      verdicts: await this.options.recall(source),
    };
  }

  /** In order of arrival; one that does not fit holds up the ones behind it. */
  private placeCandidates(): void {
    for (let candidate = this.candidates[0]; candidate; candidate = this.candidates[0]) {
      const { model, demand, place } = candidate;
      if (!this.makeRoom(model)) return;
      this.candidates.shift();
      this.arrivals.delete(model.version);
      this.hold(model, demand.users);
      place(model);
    }
  }

  private makeRoom({ version, memoryBytes }: CachedModel): boolean {
    if (this.models.has(version)) return true;
    for (const other of this.models.keys()) {
      if (this.memoryBytes + memoryBytes <= this.options.budgetBytes) return true;
      if (!this.users.has(other)) this.evict(other);
    }
    return this.memoryBytes + memoryBytes <= this.options.budgetBytes;
  }

  private hold(model: CachedModel, users: number): void {
    this.models.delete(model.version);
    this.models.set(model.version, model);
    this.users.set(model.version, (this.users.get(model.version) ?? 0) + users);
  }

  private evict(version: string): void {
    const model = this.models.get(version);
    this.models.delete(version);
    if (model) this.options.onEvict(model);
  }

  private refuseKnownFailure(version: string): void {
    const failure = this.failures.get(version);
    if (!failure) return;
    if (failure.until > this.options.now()) throw failure.error;
    this.failures.delete(version);
  }
}

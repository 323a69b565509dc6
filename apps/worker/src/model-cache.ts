import { Injectable } from '@nestjs/common';
import { InputError, type DdimModel, type ImportedModel, type ModelSource } from '#ddim';
import { ModelRegistry, type ModelVersionRecord } from '#storage';

/** A model version as jobs name it; its string form is the engine's key and the metrics' label. */
export interface ModelReference {
  readonly name: string;
  readonly version: number;
}

/** One of our own models, or an imported denoiser. */
export type CachedModel = DdimModel | ImportedModel;

const MAX_MODELS = 32;

export function modelKey({ name, version }: ModelReference): string {
  return `${name}@${version}`;
}

/** The model versions in use, read and verified once; weights lie in shared memory, so engine threads add no copy in JavaScript. */
@Injectable()
export class ModelCache {
  readonly #models = new Map<string, Promise<CachedModel>>();

  constructor(private readonly registry: ModelRegistry) {}

  /** @throws InputError `model_not_found`; StorageError when the store fails */
  get(key: string): Promise<CachedModel> {
    const known = this.#models.get(key);
    if (known !== undefined) {
      this.#models.delete(key);
      this.#models.set(key, known); // the most recently used last
      return known;
    }
    const loading = this.#load(key);
    this.#models.set(key, loading);
    loading.catch(() => this.#models.delete(key));
    const [oldest] = this.#models.keys();
    if (this.#models.size > MAX_MODELS && oldest !== undefined) this.#models.delete(oldest);
    return loading;
  }

  /** The model as training starts from it. @throws InputError `checkpoint_mismatch` for an imported denoiser, else like get */
  async trainable(key: string): Promise<DdimModel> {
    const model = await this.get(key);
    if ('parameters' in model) return model;
    throw new InputError('checkpoint_mismatch', `${key} is an imported ONNX file, which cannot be trained`);
  }

  /** What an engine needs to load the version. */
  async source(key: string): Promise<ModelSource> {
    const model = await this.get(key);
    if ('parameters' in model) return { version: key, config: model.config, parameters: model.parameters };
    const { config, file, nullCondition } = model;
    return { version: key, config, file, nullCondition: nullCondition && Float32Array.from(nullCondition) };
  }

  /** Some worker may have found out since the version was loaded here. @throws InputError `model_hangs` */
  async refuseHung(key: string): Promise<void> {
    await this.#resolve(key);
  }

  async #resolve(key: string): Promise<ModelVersionRecord> {
    const record = await this.registry.resolve(key);
    if (record.hung)
      throw new InputError('model_hangs', `${key} is not run since ${record.hung.at}: ${record.hung.reason}`);
    return record;
  }

  async #load(key: string): Promise<CachedModel> {
    const record = await this.#resolve(key);
    if (record.format === 'onnx') {
      const model = await this.registry.loadImported(record);
      return { ...model, file: sharedFile(model.file) };
    }
    const model = await this.registry.load(record);
    const parameters = new Map([...model.parameters].map(([name, values]) => [name, shared(values)]));
    return { ...model, parameters };
  }
}

function shared(values: Float32Array): Float32Array {
  const copy = new Float32Array(new SharedArrayBuffer(values.byteLength));
  copy.set(values);
  return copy;
}

function sharedFile(bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.byteLength));
  copy.set(bytes);
  return copy;
}

import { Injectable } from '@nestjs/common';
import { InputError, type DdimModel, type ImportedModel } from '#ddim';
import type { ModelSource } from '#engine';
import { ModelLoader, ModelRegistry, type ModelIdentity } from '#storage';
import { modelKey, modelLabel } from './model-key.js';

/** One of our own models, or an imported denoiser. */
export type AnyModel = DdimModel | ImportedModel;

const MAX_MODELS = 32;

/**
 * The models in use, read and verified once; weights lie in shared memory, so engine threads add no copy in
 * JavaScript.
 */
@Injectable()
export class ModelsInUse {
  readonly #models = new Map<string, Promise<AnyModel>>();

  constructor(
    private readonly loader: ModelLoader,
    private readonly registry: ModelRegistry,
  ) {}

  /**
   * The model of exactly the bytes that the reference names. @throws StorageError when they are not here or
   * cannot be read
   */
  get(reference: ModelIdentity): Promise<AnyModel> {
    const key = modelKey(reference);
    const known = this.#models.get(key);
    if (known !== undefined) {
      this.#models.delete(key);
      this.#models.set(key, known); // the most recently used last
      return known;
    }
    const loading = this.#load(reference);
    this.#models.set(key, loading);
    loading.catch(() => this.#models.delete(key));
    const [oldest] = this.#models.keys();
    if (this.#models.size > MAX_MODELS && oldest !== undefined) this.#models.delete(oldest);
    return loading;
  }

  /**
   * The model as training starts from it. @throws InputError `checkpoint_mismatch` for an imported denoiser,
   * else like get
   */
  async trainable(reference: ModelIdentity): Promise<DdimModel> {
    const model = await this.get(reference);
    if ('parameters' in model) return model;
    const message = `${modelLabel(reference)} is an imported ONNX file, which cannot be trained`;
    throw new InputError('checkpoint_mismatch', message);
  }

  /** What an engine needs to load the model. */
  async source(reference: ModelIdentity): Promise<ModelSource> {
    const model = await this.get(reference);
    const version = modelKey(reference);
    const { sha256 } = reference;
    if ('parameters' in model) return { version, sha256, config: model.config, parameters: model.parameters };
    const { config, file, nullCondition } = model;
    return { version, sha256, config, file, nullCondition: nullCondition && Float32Array.from(nullCondition) };
  }

  /**
   * Some worker may have found out since the model was loaded here; the mark is on its version, while that
   * means these bytes.
   * @throws InputError `model_hangs`
   */
  async refuseHung({ name, version, sha256 }: ModelIdentity): Promise<void> {
    const record = await this.registry.find(name, version);
    if (record?.hung === undefined || record.sha256 !== sha256) return;
    const { at, reason } = record.hung;
    throw new InputError('model_hangs', `${modelLabel(record)} is not run since ${at}: ${reason}`);
  }

  async #load(reference: ModelIdentity): Promise<AnyModel> {
    await this.refuseHung(reference);
    const model = await this.loader.load(reference);
    if (!('parameters' in model)) return { ...model, file: sharedFile(model.file) };
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

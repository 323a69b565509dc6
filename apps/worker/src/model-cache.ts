import { Injectable } from '@nestjs/common';
import type { DdimModel, ModelSource } from '#ddim';
import { ModelRegistry } from '#storage';

/** A model version as jobs name it; its string form is the engine's key and the metrics' label. */
export interface ModelReference {
  readonly name: string;
  readonly version: number;
}

const MAX_MODELS = 32;

export function modelKey({ name, version }: ModelReference): string {
  return `${name}@${version}`;
}

/** The model versions in use, read and verified once; weights lie in shared memory, so engine threads add no copy in JavaScript. */
@Injectable()
export class ModelCache {
  readonly #models = new Map<string, Promise<DdimModel>>();

  constructor(private readonly registry: ModelRegistry) {}

  /** @throws InputError `model_not_found`; StorageError when the store fails */
  get(key: string): Promise<DdimModel> {
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

  /** What an engine needs to load the version. */
  async source(key: string): Promise<ModelSource> {
    const { config, parameters } = await this.get(key);
    return { version: key, config, parameters };
  }

  async #load(key: string): Promise<DdimModel> {
    const model = await this.registry.load(await this.registry.resolve(key));
    const parameters = new Map([...model.parameters].map(([name, values]) => [name, shared(values)]));
    return { ...model, parameters };
  }
}

function shared(values: Float32Array): Float32Array {
  const copy = new Float32Array(new SharedArrayBuffer(values.byteLength));
  copy.set(values);
  return copy;
}

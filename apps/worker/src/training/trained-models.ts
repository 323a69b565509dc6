import { Injectable } from '@nestjs/common';
import { ModelRegistry, type ModelVersionRecord, type PublishRequest } from '#storage';
import { StoreHealth } from '../process/store-health.js';

/** Publishes what a training has made. */
@Injectable()
export class TrainedModels {
  constructor(
    private readonly registry: ModelRegistry,
    private readonly store: StoreHealth,
  ) {}

  /**
   * Publishes a model, tried again for as long as the store is to blame, and reads it back: no training
   * succeeds with a model that nobody can load. @throws StorageError; InputError `checkpoint_mismatch`; the
   * signal's reason
   */
  async publish(request: PublishRequest, signal: AbortSignal): Promise<ModelVersionRecord> {
    const record = await this.store.persist(() => this.registry.publish(request), signal);
    await this.registry.confirm(record);
    return record;
  }
}

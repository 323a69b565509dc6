import { Injectable } from '@nestjs/common';
import { ByteClaims } from '#queue';
import { ModelRegistry, type ModelVersionRecord, type PublishRequest } from '#storage';
import { StoreHealth } from '../process/store-health.js';

/** Publishes what a training has made. */
@Injectable()
export class TrainedModels {
  constructor(
    private readonly registry: ModelRegistry,
    private readonly store: StoreHealth,
    private readonly claims: ByteClaims,
  ) {}

  /**
   * Publishes a model, tried again for as long as the store is to blame, and reads it back: no training
   * succeeds with a model that nobody can load. Its bytes count for the job's owner before it is a version,
   * so that no crash leaves one that does not. @throws StorageError; InputError `checkpoint_mismatch`; the
   * signal's reason
   */
  async publish(
    request: PublishRequest,
    { owner, signal }: { readonly owner: string | undefined; readonly signal: AbortSignal },
  ): Promise<ModelVersionRecord> {
    const accept = async (file: { sha256: string; bytes: number }) => {
      if (owner !== undefined) await this.claims.take(owner, file);
    };
    const record = await this.store.persist(() => this.registry.publish({ ...request, accept }), signal);
    await this.registry.confirm(record);
    return record;
  }
}

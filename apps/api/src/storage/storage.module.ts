import { Global, Module } from '@nestjs/common';
import { ByteClaims } from '#queue';
import { ArtifactStore, DatasetStore, InstallationFile, ModelNames, ModelRegistry, type Store } from '#storage';
import { openConfiguredStore, UnreadableRecords } from '#server';
import { API_CONFIG, type ApiConfig } from '../api-config.js';
import { ArtifactClaims } from '../artifacts/artifact-claims.js';
import { QueueConnection } from '../queue/queue-connection.js';
import { HourlyArtifactSweep } from './artifact-sweep.js';
import { ModelCatalog } from './model-catalog.js';
import { StoreRoom } from './store-room.js';
import { STORE } from './store-token.js';
import { StoreController } from './store.controller.js';

/** The store and what lies in it. */
@Global()
@Module({
  controllers: [StoreController],
  providers: [
    {
      provide: STORE,
      useFactory: (config: ApiConfig) => openConfiguredStore(config),
      inject: [API_CONFIG],
    },
    ...[ArtifactStore, InstallationFile].map((Class) => ({
      provide: Class,
      useFactory: (store: Store) => new Class(store),
      inject: [STORE],
    })),
    ...[DatasetStore, ModelNames, ModelRegistry].map((Class) => ({
      provide: Class,
      useFactory: (store: Store, { report }: UnreadableRecords) => new Class(store, report),
      inject: [STORE, UnreadableRecords],
    })),
    {
      provide: ByteClaims,
      useFactory: ({ redis }: QueueConnection) => new ByteClaims(redis),
      inject: [QueueConnection],
    },
    ArtifactClaims,
    ModelCatalog,
    StoreRoom,
    HourlyArtifactSweep,
  ],
  exports: [ArtifactStore, InstallationFile, DatasetStore, ModelRegistry, ModelCatalog, StoreRoom, ArtifactClaims],
})
export class StorageModule {}

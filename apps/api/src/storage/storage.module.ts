import { Global, Module } from '@nestjs/common';
import { DatasetStore, FileArtifactStore, ModelRegistry } from '#storage';
import { UnreadableRecords } from '#server';
import { API_CONFIG, type ApiConfig } from '../api-config.js';
import { ArtifactSweep } from './artifact-sweep.js';
import { ModelCatalog } from './model-catalog.js';
import { StoreRoom } from './store-room.js';

const inject = [FileArtifactStore, API_CONFIG, UnreadableRecords];

/** The artifact root and what lies in it. */
@Global()
@Module({
  providers: [
    {
      provide: FileArtifactStore,
      useFactory: (config: ApiConfig) => new FileArtifactStore(config.STRIDE_ARTIFACT_ROOT),
      inject: [API_CONFIG],
    },
    {
      provide: DatasetStore,
      useFactory: (artifacts: FileArtifactStore, config: ApiConfig, { report }: UnreadableRecords) =>
        new DatasetStore(artifacts, config.STRIDE_ARTIFACT_ROOT, report),
      inject,
    },
    {
      provide: ModelRegistry,
      useFactory: (artifacts: FileArtifactStore, config: ApiConfig, { report }: UnreadableRecords) =>
        new ModelRegistry(artifacts, config.STRIDE_ARTIFACT_ROOT, report),
      inject,
    },
    ModelCatalog,
    StoreRoom,
    ArtifactSweep,
  ],
  exports: [FileArtifactStore, DatasetStore, ModelRegistry, ModelCatalog, StoreRoom],
})
export class StorageModule {}

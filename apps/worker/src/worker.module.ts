import { Logger, Module, type DynamicModule, type Provider, type Type } from '@nestjs/common';
import { Redis } from 'ioredis';
import { Registry } from 'prom-client';
import { Engine, observeTogether } from '#engine';
import { ByteClaims, InstallationRecord, ShardCounts, Shards, WorkerHeartbeats } from '#queue';
import type { JobKind } from '#contract';
import {
  ArtifactMetrics,
  BackendMetrics,
  DeviceMetrics,
  EngineMetrics,
  GuardMetrics,
  JobMetrics,
  ModelMetrics,
  ModelSeries,
  TrainingMetrics,
} from '#metrics';
import {
  Installation,
  MetricsController,
  openConfiguredStore,
  redisAddress,
  RegistryModule,
  ShardFit,
  StartChecks,
  TracingModule,
} from '#server';
import {
  ArtifactStore,
  DatasetStore,
  InstallationFile,
  ModelLoader,
  ModelRegistry,
  ModelVerdicts,
  type Store,
} from '#storage';
import type { BackendChoice } from '#training';
import { WorkerHealthController } from './process/health.controller.js';
import { DeviceWatch } from './process/device-watch.js';
import { HeartbeatService } from './process/heartbeat.service.js';
import { JobAttempts } from './attempts/job-attempts.js';
import { JobIntake } from './attempts/job-intake.js';
import { JobOutcomes } from './attempts/job-outcomes.js';
import { JobWorkers, PROCESSORS, type JobProcessor } from './process/job-workers.js';
import { LifecycleService } from './process/lifecycle.service.js';
import { ModelsInUse } from './sampling/models-in-use.js';
import { ModelSeriesSweep } from './sampling/model-series-sweep.js';
import { labelOfKey, parseModelKey } from './sampling/model-key.js';
import { Pauses } from './attempts/pauses.js';
import { ProcessEnd } from './process/process-end.js';
import { RecentWork } from './sampling/recent-work.js';
import { RunningJobs } from './attempts/running-jobs.js';
import { RedisFaults } from './process/redis-faults.js';
import { RowHandOver } from './sampling/row-hand-over.js';
import { SamplingRunner } from './sampling/sampling-runner.js';
import { StandbyModels } from './sampling/standby-models.js';
import { SamplingProcessor } from './sampling/sampling.processor.js';
import { TensorFiles } from './sampling/tensor-files.js';
import { StoreHealth } from './process/store-health.js';
import { TrainedModels } from './training/trained-models.js';
import { TrainingCheckpoints } from './training/training-checkpoints.js';
import { TrainingRunner } from './training/training-runner.js';
import { TrainingProgress } from './training/training-progress.js';
import { TrainingProcessor } from './training/training.processor.js';
import { TrainingTurns } from './training/training-turns.js';
import { BACKEND_CHOICE } from './process/backend-choice.js';
import { BackendReport } from './process/backend-report.js';
import { WORKER_CONFIG, type WorkerConfig } from './process/worker.config.js';
import { WorkerLease } from './process/worker-lease.js';
import { WorkerIdentity } from './process/worker-identity.js';
import { WorkerShard } from './process/worker-shard.js';

/** Injection token of the Store. */
const STORE = Symbol('Store');

/** Runs the jobs of each kind. */
const PROCESSOR_OF: Readonly<Record<JobKind, Type<JobProcessor>>> = {
  sampling: SamplingProcessor,
  training: TrainingProcessor,
};

/** A worker: the processors of its queues, one engine, one artifact root, one registry of metrics. */
@Module({})
export class WorkerModule {
  static forRoot(config: WorkerConfig, choice: BackendChoice): DynamicModule {
    const address = redisAddress(config);
    const shards = new Shards(config.STRIDE_SHARDS, (prefix) => new WorkerShard(address, prefix));
    const kinds = config.STRIDE_QUEUES;
    const processors = kinds.map((kind) => PROCESSOR_OF[kind]);
    return {
      module: WorkerModule,
      imports: [RegistryModule, TracingModule.forRole('worker')],
      controllers: [MetricsController, WorkerHealthController],
      providers: [
        { provide: WORKER_CONFIG, useValue: config },
        { provide: Shards, useValue: shards },
        { provide: Redis, useValue: shards.all[0].redis },
        {
          provide: ShardFit,
          useFactory: (redis: Redis) => new ShardFit(new ShardCounts(redis), config.STRIDE_SHARDS, address),
          inject: [Redis],
        },
        ...queueProviders,
        ...storageProviders(config),
        ...metricsProviders,
        { provide: BACKEND_CHOICE, useValue: choice },
        engineProvider(config, choice),
        {
          provide: PROCESSORS,
          useFactory: (...runners: JobProcessor[]) => new Map(runners.map((runner, i) => [kinds[i], runner])),
          inject: processors,
        },
        ...processors,
        ...services,
      ],
    };
  }
}

const services: Provider[] = [
  BackendReport,
  DeviceWatch,
  HeartbeatService,
  JobAttempts,
  JobIntake,
  JobOutcomes,
  JobWorkers,
  LifecycleService,
  ModelsInUse,
  ModelSeriesSweep,
  Pauses,
  ProcessEnd,
  RedisFaults,
  RowHandOver,
  RunningJobs,
  SamplingRunner,
  StandbyModels,
  TensorFiles,
  TrainedModels,
  TrainingCheckpoints,
  TrainingRunner,
  TrainingProgress,
  TrainingTurns,
  WorkerIdentity,
  WorkerLease,
];

const queueProviders: Provider[] = [
  ...[ByteClaims, WorkerHeartbeats].map((Class) => ({
    provide: Class,
    useFactory: (redis: Redis) => new Class(redis),
    inject: [Redis],
  })),
  {
    provide: StartChecks,
    useFactory: ({ all }: Shards<WorkerShard>, metrics: GuardMetrics, installation: Installation) =>
      new StartChecks(all, metrics, { belongings: [installation] }),
    inject: [Shards, GuardMetrics, Installation],
  },
];

function storageProviders(config: WorkerConfig): Provider[] {
  return [
    { provide: STORE, useFactory: () => openConfiguredStore(config) },
    {
      provide: Installation,
      useFactory: (store: Store, redis: Redis) =>
        new Installation(new InstallationFile(store), new InstallationRecord(redis)),
      inject: [STORE, Redis],
    },
    ...[ArtifactStore, DatasetStore, ModelRegistry, ModelVerdicts].map((Class) => ({
      provide: Class,
      useFactory: (store: Store) => new Class(store),
      inject: [STORE],
    })),
    {
      provide: StoreHealth,
      useFactory: (artifacts: ArtifactStore, installation: Installation, pauses: Pauses) =>
        new StoreHealth(artifacts, installation, pauses),
      inject: [ArtifactStore, Installation, Pauses],
    },
    {
      provide: ModelLoader,
      useFactory: (artifacts: ArtifactStore, registry: ModelRegistry) => new ModelLoader(artifacts, registry),
      inject: [ArtifactStore, ModelRegistry],
    },
  ];
}

const metricsProviders: Provider[] = [
  ...[
    ArtifactMetrics,
    BackendMetrics,
    DeviceMetrics,
    EngineMetrics,
    GuardMetrics,
    JobMetrics,
    ModelMetrics,
    TrainingMetrics,
  ].map((Class) => ({
    provide: Class,
    useFactory: (registry: Registry) => new Class(registry),
    inject: [Registry],
  })),
  { provide: ModelSeries, useFactory: (registry: Registry) => new ModelSeries(registry), inject: [Registry] },
  { provide: RecentWork, useFactory: () => new RecentWork() },
];

function engineProvider(config: WorkerConfig, choice: BackendChoice): Provider {
  return {
    provide: Engine,
    inject: [ModelsInUse, ModelRegistry, ModelVerdicts, EngineMetrics, ModelMetrics, RecentWork, ModelSeries],
    useFactory: async (
      models: ModelsInUse,
      registry: ModelRegistry,
      verdicts: ModelVerdicts,
      engineMetrics: EngineMetrics,
      modelMetrics: ModelMetrics,
      recent: RecentWork,
      series: ModelSeries,
    ): Promise<Engine> => {
      const engine = await Engine.start({
        backendModule: choice.sampling.module,
        backend: choice.sampling.options,
        threads: config.STRIDE_THREADS || undefined,
        devices: choice.devices,
        maxBatchRows: config.STRIDE_MAX_BATCH_ROWS,
        modelMemoryBytes: config.STRIDE_MODEL_MEMORY,
        loadModel: (key) => models.source(parseModelKey(key)),
        observer: observeTogether([engineMetrics, modelMetrics, recent, series], labelled),
        verdicts,
        onLost: ({ culprit, error }) => markHung(registry, culprit, error),
      });
      engineMetrics.watch(() => engine.stats().models.map(labelled));
      return engine;
    },
  };
}

/** Before its jobs are back in the queue, so that no other worker begins with one of them. */
async function markHung(registry: ModelRegistry, culprit: string | undefined, { message }: Error): Promise<void> {
  try {
    if (culprit !== undefined) await registry.markHung(labelOfKey(culprit), message);
  } catch (error) {
    // its jobs end as poisonous ones
    new Logger('Engine').error(`${culprit} could not be marked: ${String(error)}`);
  }
}

/** Facts that call a model as people do. */
function labelled<Facts extends { readonly model?: string }>(facts: Facts): Facts {
  return facts.model === undefined ? facts : { ...facts, model: labelOfKey(facts.model) };
}

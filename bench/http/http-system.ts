import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { initialParameters, samplingOptions, type MlpDenoiserConfig } from '#ddim';
import { ModelRegistry, openStore } from '#storage';
import { createSender, JobBodies, JobMix, type Load, type Protocol } from '#load';
import { StrideSystem } from '#system';
import { BENCH_CONFIG } from '../engine/engine-workload.js';

/** The schedule of `benchPlan`. */
const SCHEDULE = {
  numTrainTimesteps: BENCH_CONFIG.numTrainTimesteps,
  betaSchedule: 'linear',
  betaStart: 1e-4,
  betaEnd: 0.02,
  rescaleBetasZeroSnr: false,
  setAlphaToOne: true,
} as const;

/** Small enough that everything around the network decides. */
export const TINY_CONFIG: MlpDenoiserConfig = {
  ...BENCH_CONFIG,
  obsSize: 8,
  actionDim: 2,
  actionHorizon: 8,
  hiddenSize: 32,
  numLayers: 2,
};
/** The size of the pen policy that `npm start` trains. */
const PEN_CONFIG: MlpDenoiserConfig = { ...TINY_CONFIG, obsSize: 10, hiddenSize: 128, numLayers: 3 };
export const CONFIGS = { full: BENCH_CONFIG, tiny: TINY_CONFIG, pen: PEN_CONFIG } as const;

export interface JobShape {
  readonly model: keyof typeof CONFIGS;
  readonly rows: number;
  readonly steps: number;
}

export interface SystemSize {
  readonly workers: number;
  /** Engine threads of each worker. */
  readonly threads: number;
}

/** Redis, API and workers as real processes, with untrained models. */
export class BenchSystem {
  private constructor(
    private readonly directory: string,
    private readonly system: StrideSystem,
  ) {}

  static async start({ workers, threads }: SystemSize): Promise<BenchSystem> {
    process.env.STRIDE_THREADS = `${threads}`;
    process.env.STRIDE_PROVIDER = 'cpu';
    const directory = mkdtempSync(join(tmpdir(), 'stride-bench-'));
    try {
      await publishModels(join(directory, 'artifacts'));
      const system = await StrideSystem.start({
        port: 0,
        numWorkers: workers,
        dataDirectory: directory,
        redisUrl: undefined,
        onNotice: (part, message) => console.log(`${part}: ${message}`),
      });
      return new BenchSystem(directory, system);
    } catch (error) {
      rmSync(directory, { recursive: true, force: true });
      throw error;
    }
  }

  get url(): string {
    return this.system.apiUrl;
  }

  /** Jobs of one shape, for `runClients` and `runArrivals`; close its sender. */
  load(shape: JobShape, warmUpMs: number, durationMs: number, protocol: Protocol = 'http'): Load {
    const mix = mixOf(shape);
    const target = { ...contentOf(shape), baseUrl: this.url };
    return { sender: createSender(protocol, mix.sizes, target), mix, warmUpMs, durationMs };
  }

  /** The same jobs, for whoever sends them in another way. */
  bodies(shape: JobShape): JobBodies {
    return new JobBodies(mixOf(shape).sizes, contentOf(shape));
  }

  async apiMetrics(): Promise<string> {
    return (await fetch(new URL('/metrics', this.system.operatorsUrls[0] ?? this.url))).text();
  }

  /** The first worker's metrics; see `allWorkerMetrics`. */
  async workerMetrics(): Promise<string> {
    return (await this.allWorkerMetrics())[0];
  }

  /**
   * Each worker's metrics in Prometheus' text format; a read starts the next interval of those that cover the
   * time since the last.
   */
  async allWorkerMetrics(): Promise<string[]> {
    return Promise.all(this.system.workerMetrics.map(async (url) => (await fetch(url)).text()));
  }

  async stop(): Promise<void> {
    await this.system.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

function mixOf({ rows, steps }: JobShape): JobMix {
  return new JobMix([{ rows, steps, weight: 1 }], 1);
}

function contentOf({ model }: JobShape) {
  return { model, obsSize: CONFIGS[model].obsSize, seed: 1 };
}

/** The sum of a metric over all its labels that contain `labels`; NaN when there is none. */
export function metricValue(text: string, name: string, labels = ''): number {
  const lines = text.split('\n').filter((line) => /^[^ {]+/.exec(line)?.[0] === name && line.includes(labels));
  return lines.length === 0 ? Number.NaN : lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

/** Stores the models that jobs of a `JobShape` name. */
export async function publishModels(artifactRoot: string): Promise<void> {
  const registry = new ModelRegistry(openStore(artifactRoot));
  for (const [name, config] of Object.entries(CONFIGS)) {
    const model = {
      config,
      schedule: SCHEDULE,
      sampling: samplingOptions({ numInferenceSteps: 50 }),
      conditionDropout: 0,
      observationNormalizer: identity(config.obsSize),
      actionNormalizer: identity(config.actionDim),
      parameters: initialParameters(config, 1),
    };
    await registry.publish({ name, model, provenance: { source: 'import' } });
  }
}

function identity(dim: number): { scale: Float32Array; offset: Float32Array } {
  return { scale: new Float32Array(dim).fill(1), offset: new Float32Array(dim) };
}

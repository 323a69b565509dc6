import { Engine } from '#engine';
import { onnxBackendModule } from '#onnx';
import { BENCH_CONFIG, benchParameters, benchPlan, benchRequest } from '../engine/engine-workload.js';

/** An engine in this process, without a queue or a service around it. */
export interface EngineAlone {
  /** A request of `rows` rows, from submission to result. */
  sample(rows: number): Promise<void>;
  /** Closed loop of `clients` requests at a time. */
  rowsPerSecond(clients: number, rows: number, warmUpMs: number, durationMs: number): Promise<number>;
  close(): Promise<void>;
}

/** @param steps of each request */
export async function startEngineAlone(
  threads: number,
  { config = BENCH_CONFIG, steps = 50 } = {},
): Promise<EngineAlone> {
  const parameters = benchParameters(config);
  const plan = benchPlan(steps, {}, config);
  const engine = await Engine.start({
    backendModule: onnxBackendModule,
    backend: { providers: ['cpu'] },
    threads,
    maxBatchRows: 256,
    modelMemoryBytes: 2 ** 30,
    loadModel: (version) => Promise.resolve({ version, config, parameters }),
  });
  let seed = 0;
  const sample = async (rows: number): Promise<void> => {
    await engine.submit(benchRequest(seed++, rows, { priority: 'normal', plan, config }));
  };
  return {
    sample,
    rowsPerSecond: async (clients, rows, warmUpMs, durationMs) => {
      const from = performance.now() + warmUpMs;
      const to = from + durationMs;
      let done = 0;
      const client = async (): Promise<void> => {
        while (performance.now() < to) {
          await sample(rows);
          const now = performance.now();
          if (now >= from && now < to) done += rows;
        }
      };
      await Promise.all(Array.from({ length: clients }, client));
      return done / (durationMs / 1e3);
    },
    close: () => engine.close(),
  };
}

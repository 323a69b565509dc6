import { setTimeout as sleep } from 'node:timers/promises';
import { Engine, type MacroStepFacts } from '#engine';
import type { Contender } from '../contender.js';
import { BENCH_CONFIG, benchParameters, benchRequest } from './engine-workload.js';
import { cpuSeconds } from '../machine.js';

const DIFFERENT_REQUESTS = 64;
/** Requests are so much smaller than a batch, as in a service. */
const REQUESTS_PER_BATCH = 4;

export interface EngineSetup {
  readonly name: string;
  readonly backendModule: string;
  readonly provider: string;
  readonly threads: number;
  readonly maxBatchRows: number;
  /** Bulk rows that the engine holds at any time. */
  readonly rowsInFlight: number;
  readonly onMacroStep?: (facts: MacroStepFacts) => void;
}

/** The engine under a saturating load. */
export async function engineContender(setup: EngineSetup): Promise<Contender> {
  const { maxBatchRows, rowsInFlight } = setup;
  let rowSteps = 0;
  const engine = await startEngine(setup, (facts) => {
    rowSteps += facts.rowSteps;
    setup.onMacroStep?.(facts);
  });
  const rowsPerRequest = maxBatchRows / REQUESTS_PER_BATCH;
  // Made beforehand, as the peers' inputs are.
  const requests = Array.from({ length: DIFFERENT_REQUESTS }, (_, seed) => benchRequest(seed, rowsPerRequest));
  let submitted = 0;
  const keepBusy = async (until: number): Promise<void> => {
    while (performance.now() < until) {
      const id = `bench-${submitted++}`;
      await engine.submit({ ...requests[submitted % requests.length], id });
    }
  };
  return {
    name: setup.name,
    run: async (seconds) => {
      const startedAt = performance.now();
      const end = startedAt + seconds * 1e3;
      const feeders = Array.from({ length: rowsInFlight / rowsPerRequest }, () => keepBusy(end));
      const before = { rowSteps, cpu: cpuSeconds() };
      await sleep(seconds * 1e3);
      const done = {
        rowSteps: rowSteps - before.rowSteps,
        seconds: (performance.now() - startedAt) / 1e3,
        cpuSeconds: cpuSeconds() - before.cpu,
      };
      await Promise.all(feeders);
      return done;
    },
    close: () => engine.close(),
  };
}

function startEngine(setup: EngineSetup, onMacroStep: (facts: MacroStepFacts) => void): Promise<Engine> {
  const parameters = benchParameters();
  return Engine.start({
    backendModule: setup.backendModule,
    backend: { providers: [setup.provider] },
    threads: setup.threads,
    maxBatchRows: setup.maxBatchRows,
    modelMemoryBytes: 2 ** 30,
    loadModel: (version) => Promise.resolve({ version, config: BENCH_CONFIG, parameters }),
    observer: { onMacroStep },
  });
}

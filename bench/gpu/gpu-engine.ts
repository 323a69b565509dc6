import { printStandings, race, type Standing } from '../contender.js';
import { engineContender } from '../engine/engine-contender.js';
import { onnxBackendModule } from '#onnx';
import { median } from '../machine.js';
import type { GpuPlace } from './gpu-backends.js';

const BATCH_ROWS = [256, 1_024, 4_096];
/** In these batches the engine is held against the bare call. */
export const BARE_ROWS = 1_024;
/**
 * In flight for every core, at least: with fewer rows, threads on all cores would have small batches only.
 */
const ROWS_PER_CORE = 128;
const RACE = { rounds: 3, secondsPerRound: 3, numSteps: 50 };

/** What an engine at saturation does on one place, beside one on every core. */
export interface EngineRace {
  readonly place: string;
  readonly maxBatchRows: number;
  readonly standings: readonly Standing[];
}

/** The engine at saturation on one device beside the engine on every core, for some limits of its batches. */
export async function raceEngines({ name, backendModule, provider }: GpuPlace, cores: number): Promise<EngineRace[]> {
  const races: EngineRace[] = [];
  for (const maxBatchRows of BATCH_ROWS) {
    const load = { maxBatchRows, rowsInFlight: Math.max(3 * maxBatchRows, ROWS_PER_CORE * cores) };
    const [here, there] = [`engine on ${name}`, `engine on ${cores} cores`];
    const contenders = [
      await engineContender({ ...load, name: here, backendModule, provider, threads: 1 }),
      await engineContender({
        ...load,
        name: there,
        backendModule: onnxBackendModule,
        provider: 'cpu',
        threads: cores,
      }),
    ];
    const standings = await race(contenders, RACE);
    console.log(`engines, batches of at most ${maxBatchRows} rows, ${RACE.numSteps} steps`);
    printStandings(standings);
    races.push({ place: name, maxBatchRows, standings });
  }
  return races;
}

/** The engine's rows per second over those of calls one after the other, at BARE_ROWS rows per batch. */
export function printShareOfBareCall(races: readonly EngineRace[], place: string, secondsPerCall: number): void {
  const raced = races.find((one) => one.place === place && one.maxBatchRows === BARE_ROWS);
  if (raced === undefined) return;
  const engine = median(raced.standings[0].rates.map(({ perSecond }) => perSecond));
  const ratio = (engine * secondsPerCall) / BARE_ROWS;
  console.log(`engine on ${place} / its bare call at ${BARE_ROWS} rows: ${ratio.toFixed(2)}`);
}

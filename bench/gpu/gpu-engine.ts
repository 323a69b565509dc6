import { onnxBackendModule } from '#onnx';
import { printStandings, race, type Standing } from '../contender.js';
import { engineContender } from '../engine/engine-contender.js';

const BATCH_ROWS = [256, 1_024, 4_096];
/**
 * In flight for every core, at least: with fewer rows, threads on all cores would have small batches only.
 */
const ROWS_PER_CORE = 128;
const RACE = { rounds: 3, secondsPerRound: 3, numSteps: 50 };

/** The engine at saturation on one device beside the engine on every core, for some limits of its batches. */
export async function raceEngines(provider: string, cores: number): Promise<object[]> {
  const results: { maxBatchRows: number; standings: Standing[] }[] = [];
  for (const maxBatchRows of BATCH_ROWS) {
    const rowsInFlight = Math.max(3 * maxBatchRows, ROWS_PER_CORE * cores);
    const load = { backendModule: onnxBackendModule, maxBatchRows, rowsInFlight };
    const contenders = [
      await engineContender({ ...load, name: `engine on ${provider}`, provider, threads: 1 }),
      await engineContender({ ...load, name: `engine on ${cores} cores`, provider: 'cpu', threads: cores }),
    ];
    const standings = await race(contenders, RACE);
    console.log(`engines, batches of at most ${maxBatchRows} rows, ${RACE.numSteps} steps`);
    printStandings(standings);
    results.push({ maxBatchRows, standings });
  }
  return results;
}

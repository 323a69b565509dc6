import { median } from './machine.js';

export interface Done {
  readonly rowSteps: number;
  /** By the clock. */
  readonly seconds: number;
  /** Of all threads of the process that did it. */
  readonly cpuSeconds: number;
}

/** Whole rows per second, by the clock and by CPU time. */
export interface Rate {
  readonly perSecond: number;
  readonly perCpuSecond: number;
}

export interface Contender {
  readonly name: string;
  /** Runs for some seconds. @returns what was done in them */
  readonly run: (seconds: number) => Promise<Done>;
  readonly close: () => Promise<unknown>;
}

export interface RaceOptions {
  readonly rounds: number;
  readonly secondsPerRound: number;
  /** Steps of one row. */
  readonly numSteps: number;
}

/**
 * What a race says of one contender; `ratio` is the first contender's rate over its own, a median over
 * rounds.
 */
export interface Standing {
  readonly name: string;
  readonly ratio: Rate;
  readonly rates: readonly Rate[];
}

/**
 * Rounds in which the contenders take turns: what disturbs one disturbs all. Every contender is closed at the
 * end.
 */
export async function race(contenders: readonly Contender[], options: RaceOptions): Promise<Standing[]> {
  const { rounds, secondsPerRound, numSteps } = options;
  const rates = contenders.map((): Rate[] => []);
  try {
    for (const { run } of contenders) await run(1);
    for (let round = 0; round < rounds; round++)
      for (const [i, { run }] of contenders.entries()) {
        const { rowSteps, seconds, cpuSeconds } = await run(secondsPerRound);
        const rows = rowSteps / numSteps;
        rates[i].push({ perSecond: rows / seconds, perCpuSecond: rows / cpuSeconds });
      }
  } finally {
    for (const { close } of contenders) await close();
  }
  return contenders.map(({ name }, i) => ({ name, ratio: ratioOf(rates[0], rates[i]), rates: rates[i] }));
}

export function printStandings(standings: readonly Standing[]): void {
  const width = Math.max(...standings.map(({ name }) => name.length));
  for (const { name, ratio, rates } of standings) {
    const perSecond = median(rates.map((rate) => rate.perSecond));
    const columns = `${ratio.perSecond.toFixed(3)} by the clock, ${ratio.perCpuSecond.toFixed(3)} by CPU time`;
    console.log(`  ${name.padEnd(width)} ${perSecond.toFixed(1).padStart(8)} rows/s; engine / it: ${columns}`);
  }
}

function ratioOf(ours: readonly Rate[], theirs: readonly Rate[]): Rate {
  return {
    perSecond: median(ours.map((rate, i) => rate.perSecond / theirs[i].perSecond)),
    perCpuSecond: median(ours.map((rate, i) => rate.perCpuSecond / theirs[i].perCpuSecond)),
  };
}

import { appendFileSync, writeFileSync } from 'node:fs';
import { UsageError } from '../errors/cli-error.js';
import { formatTable } from '../terminal/table.js';
import { describeErrors, type LoadSummary } from '#load';

/** One run of load: so many clients, or so many jobs per second. */
export interface BenchRow extends LoadSummary {
  readonly load: { readonly clients: number } | { readonly offeredPerSecond: number };
}

type Column = readonly [title: string, cell: (row: BenchRow) => string];

const decimals = (value: number | undefined, digits: number): string => value?.toFixed(digits) ?? '';

const TABLE: readonly Column[] = [
  ['LOAD', ({ load }) => describeLoad(load)],
  ['JOBS/S', ({ jobsPerSecond }) => decimals(jobsPerSecond, 1)],
  ['ROWS/S', ({ rowsPerSecond }) => decimals(rowsPerSecond, 1)],
  ['ROW-STEPS/S', ({ rowStepsPerSecond }) => decimals(rowStepsPerSecond, 0)],
  ['P50 MS', ({ latencyMs }) => decimals(latencyMs?.p50, 2)],
  ['P90 MS', ({ latencyMs }) => decimals(latencyMs?.p90, 2)],
  ['P95 MS', ({ latencyMs }) => decimals(latencyMs?.p95, 2)],
  ['P99 MS', ({ latencyMs }) => decimals(latencyMs?.p99, 2)],
  ['MAX MS', ({ latencyMs }) => decimals(latencyMs?.max, 2)],
  ['ERRORS', ({ errors }) => describeErrors(errors)],
  ['CLIENT', ({ clientRatio }) => `${decimals(clientRatio * 100, 0)} %`],
];

const CSV: readonly Column[] = [
  ['clients', ({ load }) => ('clients' in load ? `${load.clients}` : '')],
  ['offered_jobs_per_second', ({ load }) => ('clients' in load ? '' : `${load.offeredPerSecond}`)],
  ['jobs_per_second', ({ jobsPerSecond }) => `${jobsPerSecond}`],
  ['rows_per_second', ({ rowsPerSecond }) => `${rowsPerSecond}`],
  ['row_steps_per_second', ({ rowStepsPerSecond }) => `${rowStepsPerSecond}`],
  ['measured_jobs', ({ latencyMs }) => `${latencyMs?.count ?? 0}`],
  ['mean_ms', ({ latencyMs }) => decimals(latencyMs?.mean, 3)],
  ['p50_ms', ({ latencyMs }) => decimals(latencyMs?.p50, 3)],
  ['p90_ms', ({ latencyMs }) => decimals(latencyMs?.p90, 3)],
  ['p95_ms', ({ latencyMs }) => decimals(latencyMs?.p95, 3)],
  ['p99_ms', ({ latencyMs }) => decimals(latencyMs?.p99, 3)],
  ['max_ms', ({ latencyMs }) => decimals(latencyMs?.max, 3)],
  ['errors', ({ errors }) => `${Object.values(errors).reduce((sum, count) => sum + count, 0)}`],
  ['gave_up', ({ gaveUp }) => `${gaveUp}`],
  ['client_ratio', ({ clientRatio }) => decimals(clientRatio, 3)],
];

export function benchTable(rows: readonly BenchRow[]): string {
  return formatTable(
    TABLE.map(([title]) => title),
    rows.map((row) => TABLE.map(([, cell]) => cell(row))),
  );
}

/** One line while the others are still being measured. */
export function describeRow({ load, jobsPerSecond, latencyMs, errors, gaveUp }: BenchRow): string {
  const latency = latencyMs ? `p50 ${latencyMs.p50.toFixed(2)} ms, p99 ${latencyMs.p99.toFixed(2)} ms` : 'no job done';
  const end = gaveUp ? '; too slow, stopped early' : '';
  return `${describeLoad(load)}: ${jobsPerSecond.toFixed(1)} jobs/s, ${latency}, errors ${describeErrors(errors)}${end}`;
}

/**
 * Begins a CSV file, so that a name that cannot be written is found before anything is measured. @throws
 * UsageError
 */
export function startCsv(file: string): void {
  try {
    writeFileSync(file, `${CSV.map(([title]) => title).join(',')}\n`);
  } catch (error) {
    throw new UsageError(`cannot write ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

export function appendCsv(file: string, row: BenchRow): void {
  appendFileSync(file, `${CSV.map(([, cell]) => cell(row)).join(',')}\n`);
}

function describeLoad(load: BenchRow['load']): string {
  return 'clients' in load ? `${load.clients} clients` : `${load.offeredPerSecond.toFixed(1)} jobs/s offered`;
}

import { MAX_RELATIVE_RMS, type RoundedPrecision } from '#ddim';
import { precisionReportOf, type ModelVersionRecord } from '#storage';
import { fieldProblem, type HttpProblem } from '../http/problem.js';
import type { QueueLoad } from '../queue/queue-load.js';

/**
 * A precision is offered where its cost is known and small, and every worker that might get the job can run
 * it.
 * @throws HttpProblem `int8_not_measured`, `int8_too_inaccurate` or `int8_unavailable`, and so for the others
 */
export function requirePrecision(
  precision: RoundedPrecision,
  record: ModelVersionRecord,
  load: Pick<QueueLoad, 'workersWithout'>,
): void {
  const model = `${record.name}@${record.version}`;
  const report = precisionReportOf(record, precision);
  if (report === undefined)
    throw refusal(
      `${precision}_not_measured`,
      `must be float32 for ${model}, whose error in ${precision} was not measured, got ${precision}`,
    );
  if (report.relativeRms > MAX_RELATIVE_RMS)
    throw refusal(
      `${precision}_too_inaccurate`,
      `must be float32 for ${model}, whose error in ${precision} is ${percent(report.relativeRms)}, ` +
        `at most ${percent(MAX_RELATIVE_RMS)} is allowed, got ${precision}`,
    );
  const [worker] = load.workersWithout(precision);
  if (worker)
    throw refusal(
      `${precision}_unavailable`,
      `must be float32 while worker ${worker.id} runs ${worker.backend} on ${worker.provider}, ` +
        `which lacks ${precision}, got ${precision}`,
    );
}

function refusal(code: string, message: string): HttpProblem {
  return fieldProblem('precision', message, code);
}

function percent(ratio: number): string {
  return `${Number((ratio * 100).toPrecision(3))} %`;
}

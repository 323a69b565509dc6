import { MAX_INT8_RELATIVE_RMS } from '#ddim';
import { int8ReportOf, type ModelVersionRecord } from '#storage';
import { fieldProblem, type HttpProblem } from '../http/problem.js';
import type { QueueLoad } from '../queue/queue-load.js';

/**
 * Int8 is offered where its cost is known and small, and every worker that might get the job can run it.
 * @throws HttpProblem `int8_not_measured`, `int8_too_inaccurate` or `int8_unavailable`
 */
export function requireInt8(record: ModelVersionRecord, load: Pick<QueueLoad, 'workersWithout'>): void {
  const model = `${record.name}@${record.version}`;
  const report = int8ReportOf(record);
  if (report === undefined)
    throw refusal('int8_not_measured', `must be float32 for ${model}, whose error in int8 was not measured, got int8`);
  if (report.relativeRms > MAX_INT8_RELATIVE_RMS)
    throw refusal(
      'int8_too_inaccurate',
      `must be float32 for ${model}, whose error in int8 is ${percent(report.relativeRms)}, ` +
        `at most ${percent(MAX_INT8_RELATIVE_RMS)} is allowed, got int8`,
    );
  const [worker] = load.workersWithout('int8');
  if (worker)
    throw refusal(
      'int8_unavailable',
      `must be float32 while worker ${worker.id} runs ${worker.backend} on ${worker.provider}, which lacks int8, got int8`,
    );
}

function refusal(code: string, message: string): HttpProblem {
  return fieldProblem('precision', message, code);
}

function percent(ratio: number): string {
  return `${Number((ratio * 100).toPrecision(3))} %`;
}

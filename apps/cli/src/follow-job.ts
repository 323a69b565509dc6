import { z } from 'zod';
import { type ClientJobEvent, found, type Schemas, waitForSamplingJob, waitForTrainingJob } from '#client';
import { CommandError } from './cli-error.js';
import type { Connection } from './connection.js';
import { type Progress, startProgress } from './progress.js';

export type Job = Schemas['SamplingJob'] | Schemas['TrainingJob'];

const StepEvent = z.object({ completedSteps: z.number(), totalSteps: z.number(), secondsLeft: z.number().nullable() });
const MetricsEvent = z.object({
  step: z.number(),
  totalSteps: z.number(),
  loss: z.number().nullable(),
  stepsPerSecond: z.number(),
});

export async function readJob({ client }: Connection, id: string): Promise<Job> {
  const params = { path: { id } };
  if (isTraining(id)) return found(await client.GET('/v1/training-jobs/{id}', { params }));
  return found(await client.GET('/v1/sampling-jobs/{id}', { params }));
}

/**
 * Shows the course of a job until it has ended; Ctrl+C stops the showing, not the job.
 * @throws CommandError when the user stopped it, or when the job did not succeed
 */
export async function followJob(connection: Connection, id: string): Promise<Job> {
  const interrupt = new AbortController();
  const onSignal = (): void => interrupt.abort();
  process.once('SIGINT', onSignal);
  const display = new JobDisplay(connection, id);
  try {
    const options = { signal: interrupt.signal, onEvent: (event: ClientJobEvent) => display.show(event) };
    const wait = isTraining(id) ? waitForTrainingJob : waitForSamplingJob;
    const job = await wait(connection.client, id, options);
    display.finish();
    connection.terminal.emit({ event: 'finished', job });
    return requireSuccess(job);
  } catch (error) {
    if (!interrupt.signal.aborted) throw error;
    throw new CommandError(`the job goes on; see it again with: stride jobs watch ${id}`);
  } finally {
    display.finish();
    process.off('SIGINT', onSignal);
  }
}

export function isTraining(id: string): boolean {
  return id.startsWith('trn_');
}

function requireSuccess(job: Job): Job {
  if (job.status === 'succeeded') return job;
  throw new CommandError(`${job.id} ${job.status}: ${job.error?.code ?? ''} ${job.error?.message ?? ''}`.trimEnd());
}

/** Turns events into a bar, lines or JSON. */
class JobDisplay {
  readonly #connection: Connection;
  readonly #id: string;
  #progress: Progress | undefined;

  constructor(connection: Connection, id: string) {
    this.#connection = connection;
    this.#id = id;
  }

  show(event: ClientJobEvent): void {
    this.#connection.terminal.emit({ event: event.type, id: this.#id, data: event.data });
    const metrics = MetricsEvent.safeParse(event.data).data;
    if (metrics !== undefined) {
      const loss = metrics.loss === null ? 'loss not finite' : `loss ${metrics.loss.toFixed(5)}`;
      const details = `${loss}, ${metrics.stepsPerSecond.toFixed(0)} steps/s`;
      this.#update('training', metrics.step, metrics.totalSteps, details);
    }
    const step = StepEvent.safeParse(event.data).data;
    if (step !== undefined) {
      const left = step.secondsLeft === null ? '' : `${step.secondsLeft.toFixed(0)} s left`;
      this.#update('sampling', step.completedSteps, step.totalSteps, left);
    }
  }

  finish(): void {
    this.#progress?.finish();
    this.#progress = undefined;
  }

  #update(label: string, value: number, total: number, details: string): void {
    this.#progress ??= startProgress(this.#connection.terminal, label, total);
    this.#progress.update(value, details);
  }
}

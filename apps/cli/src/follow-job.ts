import { z } from 'zod';
import { type ClientJobEvent, followEvents, found, type Schemas } from '#client';
import { type JobKind, jobsPath, parseJobId } from '#contract';
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
  return found(await client.GET(pathOfJob(id), { params: { path: { id } } }));
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
    for await (const event of followEvents(connection.client, id, { signal: interrupt.signal })) display.show(event);
    const job = await readJob(connection, id);
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

/** The path of a job of whatever kind: all have the same ones below that of their kind. */
export function pathOfJob(id: string): '/v1/sampling-jobs/{id}' {
  return `${pathOfJobs(parseJobId(id) ?? 'sampling')}/{id}`; // the service says what is wrong with an id
}

export function pathOfJobs(kind: JobKind): '/v1/sampling-jobs' {
  return jobsPath(kind) as '/v1/sampling-jobs';
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

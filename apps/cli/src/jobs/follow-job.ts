import { followEvents, found, type Schemas } from '#client';
import { type JobKind, jobsPath, parseJobId } from '#contract';
import { CommandError } from '../errors/cli-error.js';
import type { Connection } from '../connection.js';
import { JobDisplay } from './job-display.js';

export type Job = Schemas['SamplingJob'] | Schemas['TrainingJob'];

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
  const display = new JobDisplay(connection.terminal, id);
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
  const { code, message } = job.error ?? {};
  throw new CommandError(`${job.id} ${job.status}: ${code ?? ''} ${message ?? ''}`.trimEnd(), code);
}

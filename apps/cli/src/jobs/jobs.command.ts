import { type Command, Option } from 'commander';
import { found } from '#client';
import { JOB_KINDS, type JobKind } from '#contract';
import { MAX_JOBS_PER_PAGE } from '#contract';
import { parseInteger } from '../arguments.js';
import { connect, type Connection, type ConnectionOptions, withConnection } from '../connection.js';
import { followJob, type Job, pathOfJob, pathOfJobs, readJob } from './follow-job.js';
import { addJobRecordCommands } from './job-records.command.js';
import { formatTable } from '../terminal/table.js';

interface ListOptions extends ConnectionOptions {
  readonly kind?: JobKind;
  readonly limit: number;
}

/** `stride jobs`: looks at jobs and cancels them. */
export function addJobsCommand(program: Command): void {
  const jobs = program.command('jobs').description('list, show, watch, pause and cancel jobs');
  const limit = new Option('--limit <n>', 'jobs of each kind')
    .argParser(parseInteger(1, MAX_JOBS_PER_PAGE))
    .default(20);
  withConnection(jobs.command('list'))
    .description('the newest jobs')
    .addOption(new Option('--kind <kind>', 'only these').choices(JOB_KINDS))
    .addOption(limit)
    .action(list);
  withConnection(jobs.command('show <id>'))
    .description('everything about one job')
    .action(async (id: string, options: ConnectionOptions) => {
      const connection = connect(options);
      show(connection, await readJob(connection, id));
    });
  withConnection(jobs.command('watch <id>'))
    .description('show the course of a job until it ends')
    .action(async (id: string, options: ConnectionOptions) => {
      const connection = connect(options);
      const job = await followJob(connection, id);
      connection.terminal.print(`${job.id} ${job.status}`);
    });
  withConnection(jobs.command('cancel <id>'))
    .description('cancel a job: at once when it is queued, at its next step when it runs')
    .action(cancel);
  withConnection(jobs.command('pause <id>'))
    .description('pause a training: at once when it is queued, after its present update when it runs')
    .action(pause);
  withConnection(jobs.command('resume <id>'))
    .description('let a paused training go on, from its checkpoint on any worker')
    .action(resume);
  addJobRecordCommands(jobs);
}

async function list(options: ListOptions): Promise<void> {
  const { client, terminal } = connect(options);
  const params = { query: { limit: options.limit } };
  const kinds = options.kind === undefined ? JOB_KINDS : [options.kind];
  const pages = await Promise.all(kinds.map((kind) => client.GET(pathOfJobs(kind), { params })));
  const jobs: Job[] = pages
    .flatMap((page): Job[] => found(page).items)
    .sort((a, b) => b.createdAt.localeCompare(a.createdAt));
  for (const job of jobs) terminal.emit(job);
  const rows = jobs.map((job) => [job.id, job.status, modelOf(job), progressOf(job), job.createdAt]);
  terminal.print(formatTable(['JOB', 'STATUS', 'MODEL', 'PROGRESS', 'CREATED'], rows));
}

function show({ terminal }: Connection, job: Job): void {
  terminal.emit(job);
  terminal.print(JSON.stringify(job, undefined, 2));
}

async function cancel(id: string, options: ConnectionOptions): Promise<void> {
  const { client, terminal } = connect(options);
  const params = { path: { id } };
  const job: Job = found(await client.POST(`${pathOfJob(id)}/cancel`, { params }));
  terminal.emit(job);
  terminal.print(job.status === 'cancelled' ? `${id} is cancelled` : `${id} ends at its next step`);
}

async function pause(id: string, options: ConnectionOptions): Promise<void> {
  const { client, terminal } = connect(options);
  const params = { path: { id } };
  const job: Job = found(await client.POST('/v1/training-jobs/{id}/pause', { params }));
  terminal.emit(job);
  const when = job.status === 'paused' ? 'is paused' : 'pauses after its present update';
  terminal.print(`${id} ${when}; let it go on with: stride jobs resume ${id}`);
}

async function resume(id: string, options: ConnectionOptions): Promise<void> {
  const { client, terminal } = connect(options);
  const params = { path: { id } };
  const job: Job = found(await client.POST('/v1/training-jobs/{id}/resume', { params }));
  terminal.emit(job);
  terminal.print(`${id} is ${job.status}; follow it with: stride jobs watch ${id}`);
}

function modelOf({ model }: Job): string {
  return model.version === null ? model.name : `${model.name}@${model.version}`;
}

function progressOf({ progress }: Job): string {
  return progress.totalSteps === 0 ? '' : `${Math.floor((100 * progress.completedSteps) / progress.totalSteps)} %`;
}

import type { Command } from 'commander';
import { found } from '#client';
import { connect, type ConnectionOptions, withConnection } from '../connection.js';
import { formatTable } from '../terminal/table.js';
import { milliseconds, queueTable, workerTable } from './tables.js';

/** `stride stats`, `stride workers` and `stride robots`: the service at a glance. */
export function addServiceCommands(program: Command): void {
  withConnection(program.command('stats'))
    .description('queues, throughput and the time of a step over the last minute')
    .action(stats);
  withConnection(program.command('workers')).description('the live workers: device, load, state').action(workers);
  withConnection(program.command('robots'))
    .description('the open sessions of the policy socket: rates, delays, late and dropped observations')
    .action(robots);
}

async function stats(options: ConnectionOptions): Promise<void> {
  const { client, terminal } = connect(options);
  const read = found(await client.GET('/v1/stats'));
  terminal.emit(read);
  const { header, rows } = queueTable(read);
  terminal.print(formatTable(header, rows));
  terminal.print(JSON.stringify({ ...read, queues: undefined }, undefined, 2));
}

async function workers(options: ConnectionOptions): Promise<void> {
  const { client, terminal } = connect(options);
  const { items } = found(await client.GET('/v1/workers'));
  for (const worker of items) terminal.emit(worker);
  const { header, rows } = workerTable(items);
  terminal.print(formatTable(header, rows));
}

async function robots(options: ConnectionOptions): Promise<void> {
  const { client, terminal } = connect(options);
  const { items } = found(await client.GET('/v1/policy-sessions'));
  for (const session of items) terminal.emit(session);
  const rows = items.map(
    ({ id, model, protocol, plansPerSecond, planSeconds, late, superseded, refused, overruns }) => [
      id,
      model,
      protocol,
      plansPerSecond.toFixed(1),
      planSeconds === null ? '' : `${milliseconds(planSeconds.p95)} ms`,
      `${late}`,
      `${superseded}`,
      `${refused}`,
      `${overruns}`,
    ],
  );
  const header = ['SESSION', 'MODEL', 'PROTOCOL', 'PLANS/S', 'PLAN P95', 'LATE', 'SUPERSEDED', 'REFUSED', 'OVERRUNS'];
  terminal.print(formatTable(header, rows));
}

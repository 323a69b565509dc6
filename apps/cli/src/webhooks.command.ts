import { type Command, Option } from 'commander';
import { found } from '#client';
import { MAX_JOBS_PER_PAGE, type WebhookDelivery } from '#contract';
import { parseInteger } from './arguments.js';
import { connect, type ConnectionOptions, withConnection } from './connection.js';
import { formatTable } from './terminal/table.js';

const WEEK_SECONDS = 7 * 86_400;

interface SecretOptions extends ConnectionOptions {
  readonly rotate?: boolean;
  readonly overlap?: number;
}

interface ListOptions extends ConnectionOptions {
  readonly limit: number;
}

/** `stride webhooks`: what signs deliveries, and what became of them. */
export function addWebhooksCommand(program: Command): void {
  const webhooks = program.command('webhooks').description('make the secret of webhooks, list and repeat deliveries');
  const overlap = new Option('--overlap <seconds>', 'how long the secret before signs, too; 0 if it is known to others')
    .argParser(parseInteger(0, WEEK_SECONDS))
    .default(undefined, 'a day');
  withConnection(webhooks.command('secret'))
    .description('make the secret that signs your deliveries, and show it this once')
    .option('--rotate', 'make another one')
    .addOption(overlap)
    .action(secret);
  const limit = new Option('--limit <n>', 'deliveries').argParser(parseInteger(1, MAX_JOBS_PER_PAGE)).default(20);
  withConnection(webhooks.command('deliveries [job]'))
    .description('the newest deliveries, or that of one job')
    .addOption(limit)
    .action(list);
  withConnection(webhooks.command('redeliver <job>'))
    .description('make the next attempt now, also of a delivery that has ended')
    .action(redeliver);
}

async function secret({ rotate, overlap, ...options }: SecretOptions): Promise<void> {
  const { client, terminal } = connect(options);
  const params = { query: overlap === undefined ? {} : { overlapSeconds: overlap } };
  const made = rotate
    ? found(await client.POST('/v1/webhook-secret/rotate', { params }))
    : found(await client.POST('/v1/webhook-secret'));
  terminal.emit(made);
  terminal.print(made.secret);
  if (made.previousUntil !== null) terminal.note(`the secret before signs, too, until ${made.previousUntil}`);
  terminal.note('keep it: it is not shown again');
}

async function list(job: string | undefined, { limit, ...options }: ListOptions): Promise<void> {
  const { client, terminal } = connect(options);
  const params = { query: job === undefined ? { limit } : { job } };
  const { items } = found(await client.GET('/v1/webhook-deliveries', { params }));
  for (const delivery of items) terminal.emit(delivery);
  const rows = items.map((delivery) => {
    const { jobId, event, status, attempts, nextAttemptAt, url } = delivery;
    return [jobId, event, status, `${attempts}`, answerOf(delivery), nextAttemptAt ?? '', url];
  });
  terminal.print(formatTable(['JOB', 'EVENT', 'STATUS', 'ATTEMPTS', 'ANSWER', 'NEXT', 'URL'], rows));
}

async function redeliver(job: string, options: ConnectionOptions): Promise<void> {
  const { client, terminal } = connect(options);
  const params = { path: { id: `whk_${job}` } };
  const delivery = found(await client.POST('/v1/webhook-deliveries/{id}/redeliver', { params }));
  terminal.emit(delivery);
  terminal.print(`${delivery.id} is sent to ${delivery.url}`);
}

function answerOf({ lastAnswer }: WebhookDelivery): string {
  return String(lastAnswer?.status ?? lastAnswer?.fault ?? '');
}

/** One process of the shards benchmark, full of light workers or light clients; its parent sends its part. */
import { randomInt } from 'node:crypto';
import { z } from 'zod';
import { newJobId } from '#contract';
import { QueueUnavailableError, type Shards } from '#queue';
import { ShardClients, shardsAt, startWorker } from './shard.js';

const Part = z.object({
  role: z.enum(['workers', 'clients']),
  count: z.int(),
  /** Of the server of each shard. */
  urls: z.array(z.string()),
});

const BEGINNING_TOGETHER = 10;

let done = 0;
/** Submissions without an answer in time: the machine is overloaded. */
let unanswered = 0;

async function start({ role, count, urls }: z.output<typeof Part>): Promise<void> {
  if (role === 'workers') {
    for (let worker = 0; worker < count; worker++) await startWorker(urls);
    return;
  }
  const shards = shardsAt(urls, (address) => new ShardClients(address));
  for (const clients of shards.all) await clients.start();
  await Promise.all(Array.from({ length: BEGINNING_TOGETHER }, (_, place) => beginClients(shards, place, count)));
}

/**
 * Clients begin one after the other, each when the one before has had an answer: all at once they would have
 * none within their 2 s, ask again, and so go on for ever.
 */
async function beginClients(shards: Shards<ShardClients>, place: number, count: number): Promise<void> {
  for (let client = place; client < count; client += BEGINNING_TOGETHER) {
    await runJob(shards);
    runClient(shards).catch(fail);
  }
}

/** One job after another. */
async function runClient(shards: Shards<ShardClients>): Promise<never> {
  for (;;) await runJob(shards);
}

/** A job wherever its id says. */
async function runJob(shards: Shards<ShardClients>): Promise<void> {
  const jobId = newJobId('sampling', Date.now(), randomInt(shards.all.length));
  try {
    await shards.holding(jobId).runJob(jobId);
    done += 1;
  } catch (error) {
    if (!(error instanceof QueueUnavailableError)) throw error;
    unanswered += 1;
  }
}

function counts() {
  const { user, system } = process.cpuUsage();
  return { done, unanswered, cpuSeconds: (user + system) / 1e6, residentBytes: process.memoryUsage.rss() };
}

function fail(error: unknown): never {
  console.error(error);
  process.exit(1);
}

process.on('message', (message) => {
  if (message === 'count') process.send?.(counts());
  else start(Part.parse(message)).then(() => process.send?.('ready'), fail);
});
process.on('disconnect', () => process.exit(0));

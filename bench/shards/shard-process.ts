/** One process of the shards benchmark, full of light workers or light clients; its parent sends its part. */
import { z } from 'zod';
import { ShardClients, startWorker } from './shard.js';

const Part = z.object({
  role: z.enum(['workers', 'clients']),
  count: z.int(),
  shards: z.array(z.object({ url: z.string(), prefix: z.string() })),
});

let done = 0;

async function start({ role, count, shards }: z.output<typeof Part>): Promise<void> {
  if (role === 'workers') {
    for (let worker = 0; worker < count; worker++) await startWorker(shards);
    return;
  }
  const clients = shards.map((shard) => new ShardClients(shard));
  for (const client of clients) await client.start();
  for (let client = 0; client < count; client++) runClient(clients, client).catch(fail);
}

/** One job after another, each on the next shard. */
async function runClient(shards: readonly ShardClients[], first: number): Promise<never> {
  for (let place = first; ; place++) {
    await shards[place % shards.length]?.runJob();
    done += 1;
  }
}

function fail(error: unknown): never {
  console.error(error);
  process.exit(1);
}

process.on('message', (message) => {
  if (message === 'count') process.send?.({ done, cpuSeconds: process.cpuUsage().user / 1e6 });
  else start(Part.parse(message)).then(() => process.send?.('ready'), fail);
});
process.on('disconnect', () => process.exit(0));

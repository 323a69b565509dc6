/**
 * A directory, a bucket and an API as a store, in turns: MB/s of blobs put and got by a worker whose cache is
 * empty, and records written per second on conditions. Run: node dist/bench/store.js [rounds] [MiB per round]
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { z } from 'zod';
import { ApiKeys } from '#queue';
import { openStore, type Store } from '#storage';
import { ChildProgram, findRedisServer, RedisServer } from '#system';
import { describeMachine, median, printMachine, writeReport } from './machine.js';

const [ROUNDS, MIB_PER_ROUND] = [Number(process.argv[2] ?? 7), Number(process.argv[3] ?? 128)];
const BLOB_MIB = 8;
const MIB = 1_048_576;
const RECORDS = 200;
/** Calls under way at once. */
const CLIENTS = 4;
const STARTUP_MS = 60_000;
const REDIS = { appendOnly: false, maxmemory: '256mb' };
const Ready = z.object({
  event: z.literal('ready'),
  url: z.string().optional(),
  bucket: z.string().optional(),
  env: z.record(z.string(), z.string()).optional(),
});

/** What one round of one store came to. */
interface Round {
  /** MB/s. */
  readonly put: number;
  readonly get: number;
  /** Records per second. */
  readonly records: number;
}

interface Contender {
  readonly name: string;
  /** The store as a process that has read nothing yet sees it. */
  readonly open: () => Store;
  readonly rounds: Round[];
}

const machine = describeMachine();
printMachine(machine);
const directory = mkdtempSync(join(tmpdir(), 'stride-bench-store-'));
const children: ChildProgram[] = [];
const redis = await startRedis();
try {
  const contenders = await prepare();
  for (const contender of contenders) await measure(contender, -1); // warms it up
  for (const contender of contenders) contender.rounds.length = 0;
  for (let round = 0; round < ROUNDS; round++) for (const contender of contenders) await measure(contender, round);
  report(contenders);
} finally {
  for (const child of children) await child.stop(STARTUP_MS);
  await redis.stop();
  rmSync(directory, { recursive: true, force: true });
}

async function startRedis(): Promise<RedisServer> {
  const found = findRedisServer();
  if ('problem' in found) throw new Error(found.problem);
  const home = join(directory, 'redis');
  mkdirSync(home);
  return RedisServer.start({ binary: found.binary, directory: home, ...REDIS });
}

async function prepare(): Promise<Contender[]> {
  const s3 = await start('s3', '../libs/storage/testing/s3-process.js', {});
  Object.assign(process.env, s3.env); // where the S3 client looks
  const client = new Redis(redis.url);
  const issued = await new ApiKeys(client).create({ name: 'bench', scopes: ['store'] }, { by: 'redis' });
  await client.quit();
  const api = await start('api', '../apps/api/src/main.js', {
    REDIS_URL: redis.url,
    STRIDE_PORT: '0',
    STRIDE_ARTIFACTS: join(directory, 'of-api'),
  });
  const at = (location: string) => () =>
    openStore(location, { key: issued?.key, cache: mkdtempSync(join(directory, 'cache-')) });
  return [
    { name: 'a directory', open: at(join(directory, 'file')), rounds: [] },
    { name: 'a bucket', open: at(`s3://${s3.bucket}/bench`), rounds: [] },
    { name: 'an API', open: at(api.url ?? ''), rounds: [] },
  ];
}

async function start(name: string, script: string, env: NodeJS.ProcessEnv): Promise<z.output<typeof Ready>> {
  const child = new ChildProgram({
    name,
    command: process.execPath,
    args: [fileURLToPath(new URL(script, import.meta.url))],
    env: { ...process.env, ...env },
  });
  children.push(child);
  return child.waitForLine(
    (line) => (line.startsWith('{') ? Ready.safeParse(JSON.parse(line)).data : undefined),
    STARTUP_MS,
  );
}

/** Fresh bytes and keys each time: nothing is there already, and no cache holds any of it. */
async function measure({ open, rounds }: Contender, round: number): Promise<void> {
  const blobs = Array.from({ length: MIB_PER_ROUND / BLOB_MIB }, () => randomBytes(BLOB_MIB * MIB));
  const megabytes = (blobs.length * BLOB_MIB * MIB) / 1e6;
  const [writer, reader] = [open(), open()];
  const hashes: string[] = [];
  const put = await secondsOf(blobs, async (blob) => void hashes.push((await writer.blobs.put(blob)).sha256));
  const get = await secondsOf(hashes, async (sha256) => {
    if ((await reader.blobs.get(sha256))?.length !== BLOB_MIB * MIB) throw new Error(`${sha256} is not what was put`);
  });
  const keys = Array.from({ length: RECORDS }, (_, i) => `models/bench-${round}/version-${i + 1}.json`);
  const records = await secondsOf(keys, async (key) => {
    if ((await writer.records.write(key, '{"version":1}', 'absent')) === undefined) throw new Error(`${key} was there`);
  });
  for (const sha256 of hashes) await writer.blobs.remove(sha256);
  rounds.push({ put: megabytes / put, get: megabytes / get, records: RECORDS / records });
}

async function secondsOf<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<number> {
  const left = [...items];
  const client = async (): Promise<void> => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  };
  const from = performance.now();
  await Promise.all(Array.from({ length: CLIENTS }, client));
  return (performance.now() - from) / 1e3;
}

/** Medians; ratios are medians over rounds: the directory's number over another store's of the same round. */
function report([first, ...others]: readonly Contender[]): void {
  const mediansOf = ({ rounds }: Contender): Round => ({
    put: median(rounds.map(({ put }) => put)),
    get: median(rounds.map(({ get }) => get)),
    records: median(rounds.map(({ records }) => records)),
  });
  const ratiosOf = ({ rounds }: Contender): Round => {
    const ratio = (name: keyof Round) => median(rounds.map((round, i) => (first.rounds[i]?.[name] ?? 0) / round[name]));
    return { put: ratio('put'), get: ratio('get'), records: ratio('records') };
  };
  const line = (name: string, { put, get, records }: Round, digits: number) =>
    console.log(
      `${name.padEnd(24)} put ${put.toFixed(digits)}  get ${get.toFixed(digits)}  records ${records.toFixed(digits)}`,
    );
  console.log(`MB/s of blobs of ${BLOB_MIB} MiB, records/s, ${CLIENTS} at once; medians of ${ROUNDS} rounds in turns:`);
  for (const contender of [first, ...others]) line(contender.name, mediansOf(contender), 0);
  console.log('The directory over the others:');
  for (const contender of others) line(contender.name, ratiosOf(contender), 2);
  const results = [first, ...others].map((contender) => ({
    name: contender.name,
    medians: mediansOf(contender),
    directoryOverThis: ratiosOf(contender),
    rounds: contender.rounds,
  }));
  writeReport('store', { machine, blobMiB: BLOB_MIB, clients: CLIENTS, results });
}

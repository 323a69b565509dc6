import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { found } from '#client';
import { redisAvailable } from '../redis.js';
import { TestProcess } from '../processes.js';
import { TestStride } from '../stride.js';
import { trainTinyModel, uploadTinyDataset } from './tiny-model.js';

describe.skipIf(!redisAvailable)('stride bench', () => {
  let service: TestStride;
  let directory = '';

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'stride-bench-'));
    service = await TestStride.start();
    await uploadTinyDataset(service.client);
    await trainTinyModel(service.client, { model: 'tiny' });
  });
  afterAll(async () => {
    rmSync(directory, { recursive: true, force: true });
    await service.stop();
  });

  async function bench(...args: string[]): Promise<{ code: number | null; lines: readonly string[] }> {
    const script = 'dist/apps/cli/src/main.js';
    const command = new TestProcess({
      name: 'bench',
      script,
      args: ['bench', ...args],
      env: { STRIDE_URL: service.url },
    });
    const { code } = await command.exited;
    command.assertNothingEscaped();
    return { code, lines: command.lines };
  }

  const short = ['--model', 'tiny', '--warm-up', '0.1', '--duration', '0.5'];
  const objects = (lines: readonly string[]): unknown[] =>
    lines.filter((line) => line.startsWith('{')).map((line): unknown => JSON.parse(line));
  const listJobs = async () =>
    found(await service.client.GET('/v1/sampling-jobs', { params: { query: { limit: 100 } } }));

  it('measures every level of a closed loop with jobs of the given sizes', async () => {
    const file = join(directory, 'levels.csv');
    const sizes = ['--mix', 'rows=1,steps=3:1', 'rows=2,steps=5:1'];
    const { code, lines } = await bench(...short, '--json', '--concurrency', '1:4:x2', ...sizes, '--csv', file);
    expect(code, lines.join('\n')).toBe(0);
    const loads = objects(lines);
    expect(loads).toMatchObject([1, 2, 4].map((clients) => ({ event: 'load', load: { clients }, errors: {} })));
    for (const load of loads)
      expect(load).toMatchObject({ jobsPerSecond: expect.any(Number), latencyMs: { p99: expect.any(Number) } });
    const csv = readFileSync(file, 'utf8').trimEnd().split('\n');
    expect(csv).toHaveLength(4);
    expect(csv[0]).toMatch(/^clients,offered_jobs_per_second,jobs_per_second,/);
    const { items } = await listJobs();
    const seen = new Set(items.map(({ progress }) => `${progress.totalRows} rows ${progress.totalSteps} row-steps`));
    expect(seen).toEqual(new Set(['1 rows 3 row-steps', '2 rows 10 row-steps']));
    // no two jobs are the same
    expect(new Set(items.map(({ result }) => result?.sha256)).size).toBe(items.length);
  });

  it('measures an open loop, and prints a table for people', async () => {
    const { code, lines } = await bench(...short, '--rate', '20');
    expect(code, lines.join('\n')).toBe(0);
    expect(lines.some((line) => /^LOAD +JOBS\/S .* P50 MS .* P99 MS +MAX MS +ERRORS/.test(line))).toBe(true);
    expect(lines.some((line) => line.startsWith('20.0 jobs/s offered'))).toBe(true);
  });

  it('sends jobs by the Open Inference Protocol', async () => {
    const sizes = ['--mix', 'rows=3,steps=4'];
    const { code, lines } = await bench(...short, '--json', '--protocol', 'oip', '--concurrency', '2', ...sizes);
    expect(code, lines.join('\n')).toBe(0);
    expect(objects(lines)).toMatchObject([{ event: 'load', load: { clients: 2 }, errors: {} }]);
    expect((await listJobs()).items[0]?.progress).toMatchObject({ totalRows: 3, totalSteps: 12 });
  });

  it('sends jobs over the policy socket, in sessions of their own', async () => {
    const sizes = ['--mix', 'rows=2,steps=4'];
    const { code, lines } = await bench(...short, '--json', '--protocol', 'socket', '--concurrency', '3', ...sizes);
    expect(code, lines.join('\n')).toBe(0);
    expect(objects(lines)).toMatchObject([{ event: 'load', load: { clients: 3 }, errors: {} }]);
    expect((await listJobs()).items[0]?.progress).toMatchObject({ totalRows: 2, totalSteps: 8 });
  });

  it('finds a rate that keeps a limit', async () => {
    const { code, lines } = await bench(...short, '--json', '--find-rate', '--p99', '2000', '--mix', 'rows=8,steps=40');
    expect(code, lines.join('\n')).toBe(0);
    expect(objects(lines).at(-1)).toMatchObject({ event: 'rate', p99Ms: 2000, jobsPerSecond: expect.any(Number) });
  });

  it('says when no rate keeps it', async () => {
    const { code, lines } = await bench(...short, '--find-rate', '--p99', '0.1');
    expect(code).toBe(1);
    expect(lines.join('\n')).toMatch(/no rate from 40\.0 jobs\/s keeps the p99 below 0\.1 ms/);
  });

  it.each([
    [[], 2, "required option '--model <name>' not specified"],
    [['--model', 'nobody'], 1, 'model_not_found'],
    [['--model', 'tiny@7'], 1, 'there is no model tiny@7'],
    [['--model', 'tiny', '--concurrency', '0'], 2, 'Expected 1 <= FIRST <= LAST <= 4096, got 0 and 0'],
    [['--model', 'tiny', '--rate', '0'], 2, 'Expected a number from 0.01 to 100000'],
    [['--model', 'tiny', '--duration', '-1'], 2, 'Expected a number from 0.1 to 3600'],
    [['--model', 'tiny', '--mix', 'rows=0,steps=1'], 2, 'Expected rows from 1 to 4096, got 0'],
    [['--model', 'tiny', '--find-rate'], 2, '--find-rate and --p99 MS belong together'],
    [['--model', 'tiny', '--p99', '10'], 2, '--find-rate and --p99 MS belong together'],
    [['--model', 'tiny', '--rate', '1', '--concurrency', '1'], 2, 'cannot be used with option'],
    [['--model', 'tiny', '--csv', '/nowhere/x.csv'], 2, 'cannot write /nowhere/x.csv'],
    [
      ['--model', 'tiny', '--mix', 'rows=4096,steps=1000'],
      1,
      'a job of 4096 rows and 1000 steps failed: limit_exceeded',
    ],
  ])('%j is refused with %i and what was expected', async (args, code, message) => {
    const before = await listJobs();
    const result = await bench(...args);
    expect(result.lines.join('\n')).toContain(message);
    expect(result.code).toBe(code);
    expect((await listJobs()).items[0]?.id).toBe(before.items[0]?.id);
  });
});

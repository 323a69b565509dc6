import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root, TestProcess } from '../processes.js';
import { redisAvailable } from '../redis.js';

const START_MS = 300_000;
const CLOCK_STEP_MS = 50; // file systems keep times of a coarser clock
const PICTURE = join(root, 'out/pendigits.svg');

describe.skipIf(!redisAvailable)('npm start', () => {
  let directory = '';
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'stride-start-'));
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  it(
    '--once --quick brings the system up, trains and samples the pen digits, draws them, and ends with 0',
    async () => {
      const startedAt = Date.now();
      const start = new TestProcess({
        name: 'start',
        script: 'scripts/start.mjs',
        args: ['--once', '--quick', '--port', '0', '--data-dir', directory],
        env: { STRIDE_PREBUILT: '1' },
      });
      try {
        expect({ ...(await start.exited), lines: start.lines }).toMatchObject({ code: 0, signal: null });
        start.assertNothingEscaped();
        const shownAt = start.lines.findIndex((line) => /Watch it: http:\/\/127\.0\.0\.1:\d+$/.test(line));
        expect(shownAt).toBeGreaterThanOrEqual(0); // before the demonstration, which the page shows
        expect(start.lines.slice(shownAt).join('\n')).toContain('training');
      } finally {
        await start.kill();
      }
      const { size, mtimeMs } = statSync(PICTURE);
      expect(size).toBeGreaterThan(1_000);
      expect(mtimeMs).toBeGreaterThanOrEqual(startedAt - CLOCK_STEP_MS);
      expect(existsSync(join(directory, 'lock'))).toBe(false);
    },
    START_MS,
  );

  it('says before it installs or builds anything that there is no Redis, to a user who cannot install one', async () => {
    const start = new TestProcess({ name: 'start', script: 'scripts/start.mjs', env: { PATH: directory } });
    expect(await start.exited).toMatchObject({ code: 1 });
    expect(start.lines).toEqual(['no Redis server found; set REDIS_URL, or as root run: apt-get install redis-server']);
  });

  it('says what is wrong with an option it does not know, with exit code 2', async () => {
    const start = new TestProcess({ name: 'start', script: 'scripts/start.mjs', args: ['--fast'] });
    expect(await start.exited).toMatchObject({ code: 2 });
    expect(start.lines.join('\n')).toContain('usage: npm start');
  });
});

import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const SECONDS = 60;

it(`keeps every parser's laws for ${SECONDS} s of mutated inputs`, { timeout: 300_000 }, () => {
  const run = spawnSync(process.execPath, ['dist/fuzz/main.js', '--seconds', String(SECONDS)], {
    cwd: root,
    encoding: 'utf8',
  });
  expect(run.stdout + run.stderr).not.toContain('FAILED');
  expect(run.status).toBe(0);
  const targets = readdirSync(new URL('./targets/', import.meta.url));
  for (const file of targets) expect(run.stdout).toContain(`${file.slice(0, -'.ts'.length)}: `);
});

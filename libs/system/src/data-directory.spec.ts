import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DataDirectory } from './data-directory.js';
import { identifyProcess } from './process-identity.js';
import { SystemError } from './system-error.js';

describe('DataDirectory', () => {
  let path = '';
  let held: DataDirectory | undefined;

  beforeEach(() => {
    path = join(mkdtempSync(join(tmpdir(), 'stride-data-')), 'data');
  });
  afterEach(() => {
    held?.release();
    held = undefined;
    rmSync(join(path, '..'), { recursive: true, force: true });
  });

  it('belongs to its user alone', async () => {
    held = await DataDirectory.open(path);
    for (const directory of [held.path, held.redis, held.artifacts, held.logs])
      expect(statSync(directory).mode & 0o777).toBe(0o700);
  });

  it('has one owner at a time', async () => {
    held = await DataDirectory.open(path);
    await expect(DataDirectory.open(path)).rejects.toThrow(SystemError);
    held.release();
    held = await DataDirectory.open(path);
  });

  it('names the Redis of the system that runs there, to its user alone, and none once that has ended', async () => {
    held = await DataDirectory.open(path);
    expect(DataDirectory.redisUrlOf(path)).toBeUndefined();
    held.recordRedis('redis://stride:secret@127.0.0.1:7');
    held.recordPart('api', process.pid);
    expect(DataDirectory.redisUrlOf(path)).toBe('redis://stride:secret@127.0.0.1:7');
    expect(statSync(join(path, 'lock')).mode & 0o777).toBe(0o600);
    const ended = { ...JSON.parse(readFileSync(join(path, 'lock'), 'utf8')), owner: { pid: 1, started: 'gone' } };
    writeFileSync(join(path, 'lock'), JSON.stringify(ended));
    expect(DataDirectory.redisUrlOf(path)).toBeUndefined();
    held.release();
    expect(DataDirectory.redisUrlOf(path)).toBeUndefined();
  });

  it('takes over a lock whose owner is gone, even when its number belongs to another process now', async () => {
    held = await DataDirectory.open(path);
    const reused = { owner: { pid: process.pid, started: 'before the last boot' }, parts: [] };
    writeFileSync(join(path, 'lock'), JSON.stringify(reused));
    held = await DataDirectory.open(path);
    expect(readFileSync(join(path, 'lock'), 'utf8')).toContain(identifyProcess(process.pid)?.started);
  });

  it('takes over a lock that was cut short by a power loss', async () => {
    held = await DataDirectory.open(path);
    writeFileSync(join(path, 'lock'), '{"owner":{"pi');
    held = await DataDirectory.open(path);
  });

  it('ends the parts that outlived a killed owner, and no other process', async () => {
    const orphan = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6); console.log("up")']);
    const bystander = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6); console.log("up")']);
    await Promise.all([once(orphan.stdout, 'data'), once(bystander.stdout, 'data')]);
    held = await DataDirectory.open(path);
    const parts = [
      { name: 'orphan', ...identifyProcess(orphan.pid ?? 0) },
      { name: 'bystander', pid: bystander.pid, started: 'its number belonged to a part once' },
    ];
    writeFileSync(join(path, 'lock'), JSON.stringify({ owner: { pid: 1, started: 'gone' }, parts }));
    const ended = once(orphan, 'exit');
    held = await DataDirectory.open(path);
    expect(await ended).toEqual([null, 'SIGTERM']);
    expect(bystander.exitCode).toBe(null);
    bystander.kill('SIGKILL');
    await once(bystander, 'exit');
  });

  it('lets only one of many that start at once have a stale lock', async () => {
    held = await DataDirectory.open(path);
    writeFileSync(join(path, 'lock'), JSON.stringify({ owner: { pid: 1, started: 'gone' }, parts: [] }));
    const tries = await Promise.allSettled(Array.from({ length: 8 }, () => DataDirectory.open(path)));
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('leaves nothing behind when it is released', async () => {
    held = await DataDirectory.open(path);
    held.recordPart('redis', process.pid);
    held.release();
    expect(existsSync(join(path, 'lock'))).toBe(false);
  });
});

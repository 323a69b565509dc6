import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LogFile } from './log-file.js';

let directory: string;
let path: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'stride-log-'));
  path = join(directory, 'api.log');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const linesOf = (name: string): string[] => readFileSync(join(directory, name), 'utf8').trimEnd().split('\n');

describe('A log file', () => {
  it('begins anew when it is full, keeps so many, and loses no line between them', async () => {
    const log = new LogFile(path, { maxBytes: 100, numFiles: 4 });
    const lines = Array.from({ length: 35 }, (_, i) => `line ${String(i).padStart(4, '0')}`);
    for (const line of lines) log.write(line); // 10 bytes each
    await log.end();
    expect(readdirSync(directory).sort()).toEqual(['api.log', 'api.log.1', 'api.log.2', 'api.log.3']);
    const kept = ['api.log.3', 'api.log.2', 'api.log.1', 'api.log'].flatMap(linesOf);
    expect(kept).toEqual(lines.slice(-kept.length));
    expect(kept).toHaveLength(35);
    for (const name of readdirSync(directory)) expect(statSync(join(directory, name)).size).toBeLessThanOrEqual(100);
  });

  it('removes the oldest beyond its number', async () => {
    const log = new LogFile(path, { maxBytes: 10, numFiles: 2 });
    for (const line of ['one', 'a line longer than a file', 'three']) log.write(line);
    await log.end();
    expect([linesOf('api.log.1'), linesOf('api.log')]).toEqual([['a line longer than a file'], ['three']]);
    expect(readdirSync(directory)).toHaveLength(2);
  });

  it('keeps that of the start before, and is for its owner alone', async () => {
    writeFileSync(path, 'before\n');
    const log = new LogFile(path);
    log.write('now');
    await log.end();
    expect([linesOf('api.log.1'), linesOf('api.log')]).toEqual([['before'], ['now']]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });
});

import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FileRecords } from './file-records.js';
import { RecordClaim } from './record-claim.js';

const key = 'datasets/pens.json';

describe('a record that a writer claims', () => {
  let root: string;
  let records: FileRecords;
  let version: string;
  let place: string;
  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), 'stride-claim-'));
    records = new FileRecords(root);
    version = (await records.write(key, '"old"')) ?? '';
    place = join(root, 'tmp', createHash('sha256').update(`${key}\n${version}`).digest('hex'));
  });
  afterEach(() => {
    expect(readdirSync(join(root, 'tmp'))).toEqual([]);
    rmSync(root, { recursive: true });
  });

  /** The writer has seen that the version is still his, and stands before he publishes. */
  async function pausedWriter(): Promise<RecordClaim> {
    const claim = await RecordClaim.take(place, '"paused"');
    if (claim === undefined) throw new Error('the record is claimed already');
    return claim;
  }

  function waitTooLong(): void {
    const past = new Date(Date.now() - 60_000);
    utimesSync(place, past, past);
  }

  it('is refused to others for as long as he may only be slow', async () => {
    const writer = await pausedWriter();
    expect(await records.write(key, '"new"', { version })).toBeUndefined();
    expect((await records.read(key))?.text).toBe('"old"');
    expect(await writer.publish(join(root, key))).toBe(true);
    await writer.giveUp();
    expect((await records.read(key))?.text).toBe('"paused"');
  });

  it('goes to one other after that, and he publishes nothing when he comes back', async () => {
    const writer = await pausedWriter();
    waitTooLong();
    const writers = Array.from({ length: 6 }, (_, i) => new FileRecords(root).write(key, `${i}`, { version }));
    const written = (await Promise.all(writers)).filter((each) => each !== undefined);
    expect(written).toHaveLength(1);
    expect(await writer.publish(join(root, key))).toBe(false);
    await writer.giveUp();
    expect((await records.read(key))?.version).toBe(written[0]);
  });

  it('cannot be published by him in the name of the one who has it by now', async () => {
    const writer = await pausedWriter();
    waitTooLong();
    const next = await RecordClaim.take(place, '"next"');
    expect(await writer.publish(join(root, key))).toBe(false);
    await writer.giveUp();
    expect((await records.read(key))?.text).toBe('"old"');
    expect(await next?.publish(join(root, key))).toBe(true);
    await next?.giveUp();
    expect((await records.read(key))?.text).toBe('"next"');
  });

  it.each([
    ['written by somebody without a condition', () => records.write(key, '"new"'), '"new"'],
    ['removed', () => records.remove(key), undefined],
  ])('is %s after him, and not between his look and his publication', async (_, change, text) => {
    const writer = await pausedWriter();
    const state = { isChanged: false };
    const changing = change().then(() => (state.isChanged = true));
    for (let look = 0; look < 3; look++) await sleep(15); // as often as it looks
    expect(state.isChanged).toBe(false);
    expect(await writer.publish(join(root, key))).toBe(true);
    await writer.giveUp();
    await changing;
    expect((await records.read(key))?.text).toBe(text);
  });

  it('is free although a release before has left a claim of its own kind', async () => {
    writeFileSync(place, '"never published"');
    expect(await records.write(key, '"new"', { version })).toBeUndefined();
    waitTooLong();
    expect(await records.write(key, '"new"', { version })).toBeDefined();
  });
});

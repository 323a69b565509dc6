import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { startProgress } from './progress.js';
import { Terminal } from './terminal.js';

/** What a run of 100 steps leaves in a log. */
function linesOf(options: { json: boolean }): string[] {
  const stderr = new PassThrough({ encoding: 'utf8' });
  const progress = startProgress(new Terminal({ ...options, stderr }), 'training', 100);
  for (let step = 1; step <= 100; step += 1) progress.update(step, `loss ${step}`);
  progress.finish();
  const text: unknown = stderr.read();
  return typeof text === 'string' ? text.trimEnd().split('\n') : [];
}

describe('startProgress', () => {
  it('writes about ten lines where nobody watches', () => {
    const lines = linesOf({ json: false });
    expect(lines).toHaveLength(10);
    expect(lines[0]).toBe('training 1/100 (1 %) loss 1');
    expect(lines.at(-1)).toBe('training 91/100 (91 %) loss 91');
  });

  it('writes nothing when every event is printed as JSON anyway', () => {
    expect(linesOf({ json: true })).toEqual([]);
  });
});

import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { formatTable } from './table.js';
import { Terminal } from './terminal.js';

/** Both streams after a result for people, one for programs and a remark. */
function outputOf(options: { json: boolean; colours?: boolean }): { stdout: unknown; stderr: unknown } {
  const streams = { stdout: new PassThrough({ encoding: 'utf8' }), stderr: new PassThrough({ encoding: 'utf8' }) };
  const terminal = new Terminal({ ...options, ...streams });
  terminal.print(terminal.style('green', 'done'));
  terminal.emit({ event: 'done' });
  terminal.note('remark');
  return { stdout: streams.stdout.read(), stderr: streams.stderr.read() };
}

describe('Terminal', () => {
  it('writes results to standard output and everything else to standard error', () => {
    expect(outputOf({ json: false })).toEqual({ stdout: 'done\n', stderr: 'remark\n' });
  });

  it('writes nothing but JSON lines to standard output with --json', () => {
    expect(outputOf({ json: true })).toEqual({ stdout: '{"event":"done"}\n', stderr: 'remark\n' });
  });

  it('uses colours only where they are wanted, and never in JSON', () => {
    expect(outputOf({ json: false, colours: true }).stdout).toBe('\u001B[32mdone\u001B[39m\n');
    expect(outputOf({ json: true, colours: true }).stdout).toBe('{"event":"done"}\n');
  });
});

describe('formatTable', () => {
  it('makes columns as wide as their widest cell, without spaces at the end', () => {
    expect(
      formatTable(
        ['A', 'LONG'],
        [
          ['wide cell', 'x'],
          ['y', ''],
        ],
      ),
    ).toBe('A          LONG\nwide cell  x\ny');
  });
});

import { readdirSync, readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createProgram, run } from './program.js';

describe('run', () => {
  let errors = '';
  let output = '';
  beforeEach(() => {
    errors = '';
    output = '';
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
      errors += String(text);
      return true;
    });
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      output += String(text);
      return true;
    });
  });
  afterEach(() => {
    vi.restoreAllMocks();
    process.exitCode = undefined;
  });

  it.each([[['--help']], [['up', '--help']], [['--version']]])('%j answers on standard output with 0', async (args) => {
    expect(await run(args)).toBe(0);
    expect(output).not.toBe('');
    expect(errors).toBe('');
  });

  it.each([
    [['fly'], "unknown command 'fly'"],
    [['up', '--port', 'x'], 'Expected a whole number from 0 to 65535'],
    [['up', '--port', '65536'], 'Expected a whole number from 0 to 65535'],
    [['up', '--workers', '-1'], 'Expected a whole number from 0 to 64'],
    [['jobs', 'list', '--url', ''], 'Expected an address such as http://127.0.0.1:3000'],
    [['doctor', '--colour'], "unknown option '--colour'"],
  ])('%j is wrong usage: 2, with what was expected', async (args, message) => {
    expect(await run(args)).toBe(2);
    expect(errors).toContain(message);
    expect(output).toBe('');
  });
});

describe('The command line', () => {
  it('is in docs/cli.md with every command, and with every option of stride up', () => {
    const text = readFileSync(new URL('../../../docs/cli.md', import.meta.url), 'utf8');
    const { commands } = createProgram();
    const up = commands.find((command) => command.name() === 'up');
    const names = [
      ...commands.map((command) => `stride ${command.name()}`),
      ...(up?.options ?? []).map(({ long }) => long ?? ''),
    ];
    expect(names.filter((name) => !text.includes(name))).toEqual([]);
  });

  it('has every command that the documentation names', () => {
    const root = new URL('../../../', import.meta.url);
    const docs = readdirSync(new URL('docs/', root)).filter((file) => file.endsWith('.md'));
    const pages = ['README.md', 'ARCHITECTURE.md', ...docs.map((file) => `docs/${file}`)];
    const text = pages.map((page) => readFileSync(new URL(page, root), 'utf8')).join('\n');
    const named = [...text.matchAll(/`(?:npm run )?stride (?:-- )?(?<name>[a-z]+)/g)].map(
      ({ groups }) => groups?.['name'],
    );
    const commands = createProgram().commands.map((command) => command.name());
    expect(named.length).toBeGreaterThan(10);
    expect([...new Set(named)].filter((name) => !commands.includes(String(name)))).toEqual([]);
  });

  it('takes every command line of the documentation: its commands and options are there', () => {
    const root = new URL('../../../', import.meta.url);
    const pages = [
      'README.md',
      ...readdirSync(new URL('docs/', root))
        .filter((file) => file.endsWith('.md'))
        .map((file) => `docs/${file}`),
    ];
    const lines = pages.flatMap((page) =>
      [...readFileSync(new URL(page, root), 'utf8').matchAll(/^(?:.*\| )?stride (?<line>[a-z][^|#\n]*)$/gm)].map(
        ({ groups }) => groups?.['line'] ?? '',
      ),
    );
    expect(lines.length).toBeGreaterThan(20);
    expect(lines.flatMap((line) => unknownWords(line).map((word) => `stride ${line}: ${word}`))).toEqual([]);
  });
});

/** Words of a command line that name no command or option. */
function unknownWords(line: string): string[] {
  const words = line.replaceAll(/[[\]]/g, ' ').trim().split(/\s+/);
  let command: Command = createProgram();
  while (command.commands.length > 0) {
    const word = words.shift();
    const child = command.commands.find((candidate) => candidate.name() === word);
    if (child === undefined) return [String(word)];
    command = child;
  }
  const known = ['--help', ...command.options.map(({ long }) => long ?? '')];
  return words.filter((word) => word.startsWith('--') && !known.includes(word));
}

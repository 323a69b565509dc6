import { execFileSync } from 'node:child_process';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../program.js';
import { completionScript, SHELLS } from './completion-script.js';

const program = createProgram();

/** What bash offers for a command line whose last word is being typed. */
function offered(...words: readonly string[]): string[] {
  const line = words.map((word) => `'${word}'`).join(' ');
  const ask = `COMP_WORDS=(stride ${line}); COMP_CWORD=${words.length}; _stride; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const script = `${completionScript(program, 'bash')}\n${ask}`;
  return execFileSync('bash', ['--norc', '-c', script], { encoding: 'utf8' }).trim().split('\n');
}

describe('Completion in bash', () => {
  it('offers the commands that begin like the word', () => {
    expect(offered('da')).toEqual(['datasets']);
    expect(offered('jobs', 'wa')).toEqual(['watch']);
  });

  it('offers the options of the command that the words name, past values and arguments', () => {
    expect(offered('train', '--model', 'robot', '--pre')).toEqual(['--preset']);
    expect(offered('models', 'export', 'robot@1', '--sp')).toEqual(['--spacing']);
    expect(offered('up', '--wor')).toEqual(['--workers']);
  });

  it('offers the values of an option with a closed set, and files for any other', () => {
    expect(offered('train', '--preset', '')).toEqual(['diffusion-policy', 'edifice']);
    expect(offered('sample', '--request', 'package.js')).toEqual(['package.json']);
  });

  it('offers the values of an argument with a closed set', () => {
    expect(offered('completion', '')).toEqual(expect.arrayContaining([...SHELLS]));
  });

  it('offers files where an argument is due', () => {
    expect(offered('datasets', 'upload', 'x', 'package.js')).toEqual(['package.json']);
  });
});

describe.each(SHELLS)('The script for %s', (shell) => {
  it('knows every command', () => {
    const script = completionScript(program, shell);
    const names = (command: Command): string[] => command.commands.flatMap((child) => [child.name(), ...names(child)]);
    expect(names(program).filter((name) => !new RegExp(`\\b${name}\\b`).test(script))).toEqual([]);
  });
});

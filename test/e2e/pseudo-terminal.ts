import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../processes.js';
import { until } from '../until.js';

/** Whether this machine can give a program a terminal. */
export const terminalAvailable = spawnSync('script', ['--version']).status === 0;

/** A command of ours on a terminal of its own, whose keys a test presses. */
export class PseudoTerminal {
  /** Everything that was written to the terminal, with its escape sequences. */
  text = '';
  readonly exited: Promise<number | null>;
  readonly #child: ChildProcess;

  constructor(args: readonly string[], env: NodeJS.ProcessEnv) {
    const words = [process.execPath, join(root, 'dist/apps/cli/src/main.js'), ...args].map((word) => `'${word}'`);
    const command = `stty cols 100 rows 30; exec ${words.join(' ')}`;
    this.#child = spawn('script', ['-qefc', command, '/dev/null'], { env: { ...process.env, ...env }, stdio: 'pipe' });
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.text += text));
    this.exited = new Promise((resolve) => this.#child.once('exit', resolve));
  }

  press(key: string): void {
    this.#child.stdin?.write(key);
  }

  /** Waits until the terminal has shown something since it was last asked. */
  async shows(pattern: RegExp): Promise<string> {
    const from = this.text.length;
    return until(`the terminal shows ${String(pattern)}`, async () => pattern.exec(this.text.slice(from))?.[0]);
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }
}

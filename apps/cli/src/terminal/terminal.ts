import { styleText } from 'node:util';

type Style = 'bold' | 'dim' | 'green' | 'yellow' | 'red' | 'cyan';

interface TerminalOptions {
  /** One JSON object per line, for programs. */
  readonly json: boolean;
  readonly stdout?: NodeJS.WritableStream;
  readonly stderr?: NodeJS.WritableStream;
  /** Default: on a terminal, unless NO_COLOR is set (https://no-color.org). */
  readonly colours?: boolean;
}

/** Where a command writes: results on standard output, everything else on standard error. */
export class Terminal {
  /** True when the caller asked for one JSON object per line. */
  readonly json: boolean;
  readonly #stdout: NodeJS.WritableStream;
  readonly #stderr: NodeJS.WritableStream;
  readonly #colours: boolean;

  constructor(options: TerminalOptions) {
    this.json = options.json;
    this.#stdout = options.stdout ?? process.stdout;
    this.#stderr = options.stderr ?? process.stderr;
    this.#colours = !options.json && (options.colours ?? wantsColours());
  }

  /** The stream for progress bars; undefined when nobody watches. */
  get progressStream(): NodeJS.WritableStream | undefined {
    return !this.json && 'isTTY' in this.#stderr && this.#stderr.isTTY === true ? this.#stderr : undefined;
  }

  /** A result for people; nothing with `--json`. */
  print(text: string): void {
    if (!this.json) this.#stdout.write(`${text}\n`);
  }

  /** A result for programs; nothing without `--json`. */
  emit(value: object): void {
    if (this.json) this.#stdout.write(`${JSON.stringify(value)}\n`);
  }

  /** Progress, warnings, errors. */
  note(text: string): void {
    this.#stderr.write(`${text}\n`);
  }

  style(style: Style, text: string): string {
    return this.#colours ? styleText(style, text, { validateStream: false }) : text;
  }
}

function wantsColours(): boolean {
  return process.stdout.isTTY && !process.env.NO_COLOR;
}

import { styleText } from 'node:util';

type Style = 'bold' | 'dim' | 'green' | 'yellow' | 'red' | 'cyan';

/** Where a command writes: results on standard output, everything else on standard error. */
export class Terminal {
  /** True when the caller asked for one JSON object per line. */
  readonly json: boolean;
  readonly #stdout: NodeJS.WritableStream;
  readonly #stderr: NodeJS.WriteStream;
  readonly #colours: boolean;

  constructor(options: { json: boolean; stdout?: NodeJS.WritableStream; stderr?: NodeJS.WriteStream }) {
    this.json = options.json;
    this.#stdout = options.stdout ?? process.stdout;
    this.#stderr = options.stderr ?? process.stderr;
    this.#colours = !options.json && process.stdout.isTTY && !process.env.NO_COLOR; // https://no-color.org
  }

  /** The stream for progress bars; undefined when nobody watches. */
  get progressStream(): NodeJS.WriteStream | undefined {
    return !this.json && this.#stderr.isTTY ? this.#stderr : undefined;
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
    return this.#colours ? styleText(style, text) : text;
  }
}

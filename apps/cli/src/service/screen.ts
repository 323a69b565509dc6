const ENTER = '\u001B[?1049h\u001B[?25l';
const LEAVE = '\u001B[?25h\u001B[?1049l';
const HOME = '\u001B[H';
const END_OF_LINE = '\u001B[K';
const END_OF_SCREEN = '\u001B[J';
const CTRL_C = '\u0003';

interface ScreenStreams {
  readonly output: NodeJS.WriteStream;
  readonly input: NodeJS.ReadStream;
}

/**
 * The whole terminal, until it is left: what stood on it before comes back then. Keys arrive one by one;
 * Ctrl+C is `q`.
 */
export class Screen {
  readonly #output: NodeJS.WriteStream;
  readonly #input: NodeJS.ReadStream;
  readonly #onData: (data: Buffer) => void;

  constructor({ output, input }: ScreenStreams, onKey: (key: string) => void) {
    this.#output = output;
    this.#input = input;
    this.#onData = (data) => {
      for (const key of data.toString('utf8')) onKey(key === CTRL_C ? 'q' : key);
    };
    output.write(ENTER);
    input.setRawMode(true);
    input.on('data', this.#onData).resume();
  }

  get rows(): number {
    return this.#output.rows;
  }

  /** Replaces what is shown, and cuts lines at the edge. Nothing is erased before, so nothing flickers. */
  draw(lines: readonly string[]): void {
    const { columns, rows } = this.#output;
    const cut = lines.slice(0, rows).map((line) => line.slice(0, columns) + END_OF_LINE);
    this.#output.write(`${HOME}${cut.join('\r\n')}${END_OF_SCREEN}`);
  }

  leave(): void {
    this.#input.off('data', this.#onData).pause();
    this.#input.setRawMode(false);
    this.#output.write(LEAVE);
  }
}

import { InputError } from '#ddim';

/** The header of an npy file: a Python dictionary with exactly these keys. */
interface NpyHeader {
  /** The dtype as written; of a structured dtype the Python text of its list. */
  readonly descr: string;
  /** Whether the first index runs fastest. */
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
}

type Literal = string | boolean | number | readonly Literal[] | ReadonlyMap<string, Literal>;

const MAX_DEPTH = 8;

/** Parses the header's Python literal without evaluating anything. @throws InputError `invalid_npy` */
export function parseNpyHeader(text: string): NpyHeader {
  const dictionary = new LiteralParser(text).parse();
  if (!(dictionary instanceof Map) || dictionary.size !== 3)
    throw invalid('a dictionary of descr, fortran_order and shape');
  const descr: Literal | undefined = dictionary.get('descr');
  const fortranOrder: Literal | undefined = dictionary.get('fortran_order');
  const shape: Literal | undefined = dictionary.get('shape');
  if (descr === undefined || typeof fortranOrder !== 'boolean' || !Array.isArray(shape))
    throw invalid('a dictionary of descr, fortran_order and shape');
  const sizes: readonly Literal[] = shape;
  return {
    descr: typeof descr === 'string' ? descr : 'a structured dtype',
    fortranOrder,
    shape: sizes.map((size) => {
      if (typeof size !== 'number') throw invalid('a shape of integers');
      return size;
    }),
  };
}

/**
 * Strings, True, False, integers, tuples, lists and dictionaries with string keys: all that NumPy writes into
 * a header.
 */
class LiteralParser {
  private at = 0;

  constructor(private readonly text: string) {}

  parse(): Literal {
    const value = this.value(0);
    this.skipSpace();
    if (this.at < this.text.length) throw invalid('nothing after the dictionary');
    return value;
  }

  private value(depth: number): Literal {
    if (depth > MAX_DEPTH) throw invalid(`at most ${MAX_DEPTH} levels`);
    this.skipSpace();
    if (this.accept('{')) return this.dictionary(depth);
    if (this.accept('(')) return this.sequence(')', depth);
    if (this.accept('[')) return this.sequence(']', depth);
    if (this.accept('True')) return true;
    if (this.accept('False')) return false;
    return this.string() ?? this.integer();
  }

  private dictionary(depth: number): ReadonlyMap<string, Literal> {
    const entries = new Map<string, Literal>();
    for (this.skipSpace(); !this.accept('}'); this.separator('}')) {
      const key = this.string();
      this.skipSpace();
      if (key === undefined || !this.accept(':')) throw invalid('string keys, each with a value');
      if (entries.has(key)) throw invalid('every key once');
      entries.set(key, this.value(depth + 1));
    }
    return entries;
  }

  private sequence(end: string, depth: number): readonly Literal[] {
    const elements: Literal[] = [];
    for (this.skipSpace(); !this.accept(end); this.separator(end)) elements.push(this.value(depth + 1));
    return elements;
  }

  /** A comma, or nothing before the end. */
  private separator(end: string): void {
    this.skipSpace();
    if (this.accept(',')) this.skipSpace();
    else if (!this.text.startsWith(end, this.at)) throw invalid(`"," or "${end}"`);
  }

  private string(): string | undefined {
    const match = this.match(/'([^'\\\n]*)'|"([^"\\\n]*)"/y);
    return match?.[1] ?? match?.[2];
  }

  private integer(): number {
    const digits = this.match(/-?[0-9]{1,19}/y)?.[0];
    if (digits === undefined) throw invalid('a literal');
    const value = Number(digits);
    if (!Number.isSafeInteger(value)) throw invalid('integers below 2^53');
    return value;
  }

  private accept(token: string): boolean {
    if (!this.text.startsWith(token, this.at)) return false;
    this.at += token.length;
    return true;
  }

  private match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.text);
    if (!match) return undefined;
    this.at = pattern.lastIndex;
    return match;
  }

  private skipSpace(): void {
    this.match(/[ \t\r\n]*/y);
  }
}

function invalid(expected: string): InputError {
  return new InputError('invalid_npy', `invalid npy file: the header must hold ${expected}`);
}

/** One parser under test. A module of `targets/` exports one as `target`; its file's name is its name. */
export interface FuzzTarget {
  /** Well-formed inputs from which all others are made by mutation. */
  readonly seeds: readonly Uint8Array[];
  /** Pieces that mean something to the parser; mutation puts them anywhere. */
  readonly dictionary?: readonly string[];
  /**
   * Feeds one input to the parser and checks its laws.
   * @returns a short word for what happened, such as `accepted` or an error's code: an input with a new word
   * is mutated further
   * @throws when a law is broken: an error that is not the parser's own, or a value that contradicts an
   * oracle
   */
  readonly run: (input: Uint8Array) => string | Promise<string>;
}

/**
 * Runs a parser whose own errors are refusals.
 * @param isRefusal distinguishes them from others, which are passed on
 * @returns `accepted`, or the refusal's code and the words of its message without what it quotes
 */
export function outcomeOf(parse: () => void, isRefusal: (error: unknown) => boolean): string;
export function outcomeOf(parse: () => Promise<void>, isRefusal: (error: unknown) => boolean): Promise<string>;
export function outcomeOf(
  parse: () => void | Promise<void>,
  isRefusal: (error: unknown) => boolean,
): string | Promise<string> {
  const refused = (error: unknown): string => {
    if (!isRefusal(error)) throw error;
    return wordsOf(error);
  };
  try {
    const parsing = parse();
    return parsing instanceof Promise ? parsing.then(() => 'accepted', refused) : 'accepted';
  } catch (error) {
    return refused(error);
  }
}

function wordsOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const message = error instanceof Error ? error.message : String(error);
  const [ours = ''] = message.split(/["'`]|, got |: /); // what follows is the input's own text
  return `${code} ${ours.replaceAll(/[^A-Za-z ]+/g, '')}`;
}

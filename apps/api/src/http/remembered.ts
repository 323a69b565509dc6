/** Clients choose the texts: no more of them are remembered at a time. */
const MAX_REMEMBERED = 100;

/**
 * The same function of a text, which remembers what it gave: a client sends the same headers with each of its
 * requests.
 */
export function remembered<Value>(valueOf: (text: string) => Value): (text: string) => Value {
  const known = new Map<string, Value>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    const value = valueOf(text);
    if (known.size === MAX_REMEMBERED) known.clear();
    known.set(text, value);
    return value;
  };
}

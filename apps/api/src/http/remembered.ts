/** Clients choose the keys, which may be long: no more of them are remembered at a time. */
const MAX_REMEMBERED = 500;

/** The same function, which remembers what it gave: requests that come together have much in common. */
export function remembered<Key extends string | number, Value>(valueOf: (key: Key) => Value): (key: Key) => Value {
  const known = new Map<Key, Value>();
  return (key) => {
    const before = known.get(key);
    if (before !== undefined) return before;
    const value = valueOf(key);
    if (known.size === MAX_REMEMBERED) known.clear();
    known.set(key, value);
    return value;
  };
}

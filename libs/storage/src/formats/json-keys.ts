const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * Shows the names of all members of valid JSON, in order, those that JSON.parse would silently drop included.
 * A string is a name when it is followed by a colon.
 * @param visit also hears whether its object has had the name before
 */
export function visitMembers(json: string, visit: (name: string, isRepeated: boolean) => void): void {
  const open: Set<string>[] = [];
  for (let i = 0; i < json.length; i++) {
    const char = json.charCodeAt(i);
    if (char === 0x7b) open.push(new Set());
    else if (char === 0x7d) open.pop();
    else if (char === QUOTE) {
      const end = endOfString(json, i);
      if (isFollowedByColon(json, end)) {
        const name = unescaped(json.slice(i + 1, end));
        const names = open.at(-1);
        visit(name, names?.has(name) ?? false);
        names?.add(name);
      }
      i = end;
    }
  }
}

function unescaped(text: string): string {
  return text.includes('\\') ? String(JSON.parse(`"${text}"`)) : text;
}

/** Position of the closing quote of the string that opens at `start`, or the end of an unterminated one. */
export function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (end !== -1 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end === -1 ? text.length : end;
}

function isEscaped(text: string, position: number): boolean {
  let backslashes = 0;
  while (text.charCodeAt(position - 1 - backslashes) === BACKSLASH) backslashes += 1;
  return backslashes % 2 === 1;
}

function isFollowedByColon(text: string, position: number): boolean {
  for (let i = position + 1; i < text.length; i++) {
    const char = text.charCodeAt(i);
    if (char === 0x3a) return true;
    if (char !== 0x20 && char !== 0x0a && char !== 0x0d && char !== 0x09) return false;
  }
  return false;
}

import { HttpProblem } from './problem.js';

const MAX_DEPTH = 32;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Parses the JSON text of a request more strictly than JSON.parse: UTF-8 without errors or a byte order mark,
 * at most 32 levels, no member named twice (JSON.parse would keep the last one and hide the other from
 * validation), and no member named `__proto__`.
 * @throws HttpProblem `invalid_json`, or `unknown_field` for `__proto__`
 */
export function parseJsonText(bytes: Uint8Array): unknown {
  const text = decode(bytes);
  // First the depth: JSON.parse itself would build ten thousand nested arrays.
  checkDepth(text);
  const value = parse(text);
  checkMemberNames(text);
  return value;
}

function decode(bytes: Uint8Array): string {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch (cause) {
    throw new HttpProblem('invalid_json', 'the body is not valid UTF-8', { cause });
  }
  if (text.charCodeAt(0) === 0xfeff) throw new HttpProblem('invalid_json', 'the body starts with a byte order mark');
  if (text.trim() === '') throw new HttpProblem('invalid_json', 'the body is empty; expected a JSON object');
  return text;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : 'syntax error';
    throw new HttpProblem('invalid_json', `the body is not valid JSON: ${reason.slice(0, 200)}`, { cause });
  }
}

function checkDepth(text: string): void {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const char = text.charCodeAt(i);
    if (char === QUOTE) i = endOfString(text, i);
    else if (char === 0x7b || char === 0x5b) {
      depth += 1;
      if (depth > MAX_DEPTH)
        throw new HttpProblem('invalid_json', `the body is nested deeper than ${MAX_DEPTH} levels`);
    } else if (char === 0x7d || char === 0x5d) depth -= 1;
  }
}

/** Expects text that JSON.parse has accepted. A string is a member name when it is followed by a colon. */
function checkMemberNames(text: string): void {
  const scopes: Set<string>[] = [];
  for (let i = 0; i < text.length; i++) {
    const char = text.charCodeAt(i);
    if (char === 0x7b) scopes.push(new Set());
    else if (char === 0x7d) scopes.pop();
    else if (char === QUOTE) {
      const end = endOfString(text, i);
      if (isFollowedByColon(text, end)) addMemberName(scopes.at(-1), String(JSON.parse(text.slice(i, end + 1))));
      i = end;
    }
  }
}

function addMemberName(scope: Set<string> | undefined, name: string): void {
  if (name === '__proto__') {
    const errors = [{ path: name, message: 'this name is not allowed' }];
    throw new HttpProblem('unknown_field', 'a member named __proto__ is not allowed', { errors });
  }
  if (scope?.has(name)) {
    throw new HttpProblem(
      'invalid_json',
      `the member ${JSON.stringify(name.slice(0, 100))} occurs twice in one object`,
    );
  }
  scope?.add(name);
}

/** Position of the closing quote of the string that opens at `start`, or the end of an unterminated one. */
function endOfString(text: string, start: number): number {
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

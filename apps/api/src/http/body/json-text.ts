import { endOfString, visitMembers } from '#storage';
import { HttpProblem } from '../problem.js';

const MAX_DEPTH = 32;
const QUOTE = 0x22;
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

/** Expects text that JSON.parse has accepted. */
function checkMemberNames(text: string): void {
  visitMembers(text, (name, isRepeated) => {
    if (name === '__proto__') {
      const errors = [{ path: name, message: 'this name is not allowed' }];
      throw new HttpProblem('unknown_field', 'a member named __proto__ is not allowed', { errors });
    }
    if (!isRepeated) return;
    const shown = JSON.stringify(name.slice(0, 100));
    throw new HttpProblem('invalid_json', `the member ${shown} occurs twice in one object`);
  });
}

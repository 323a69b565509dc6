import { JOB_KINDS, KINDS, type JobKind } from '../kinds.js';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const TIME_CHARACTERS = 10;
const RANDOM_BYTES = 10;

const PREFIXES = JOB_KINDS.map((kind) => KINDS[kind].idPrefix);

/** The prefix of a kind, an underscore and a ULID. */
export const JOB_ID_PATTERN = new RegExp(`^(${PREFIXES.join('|')})_[0-7][0-9A-HJKMNP-TV-Z]{25}$`);

/** The form of job ids, for people. */
export const JOB_ID_FORM = `${PREFIXES.map((prefix) => `${prefix}_`).join(' or ')} and a ULID`;

/** Characters of every job id. */
export const JOB_ID_LENGTH = 30;

/** A new id: its order is the order of creation, to the millisecond; the rest is random. */
export function newJobId(kind: JobKind, now: number = Date.now()): string {
  let time = '';
  for (let rest = Math.floor(now), i = 0; i < TIME_CHARACTERS; i++, rest = Math.floor(rest / 32))
    time = ALPHABET.charAt(rest % 32) + time;
  return `${KINDS[kind].idPrefix}_${time}${base32(crypto.getRandomValues(new Uint8Array(RANDOM_BYTES)))}`;
}

/**
 * Milliseconds since 1970 at which an id was made, to which its order corresponds; 0 for what is no job id.
 */
export function jobIdTime(id: string): number {
  if (!JOB_ID_PATTERN.test(id)) return 0;
  let time = 0;
  for (const digit of id.slice(4, 4 + TIME_CHARACTERS)) time = time * 32 + ALPHABET.indexOf(digit);
  return time;
}

/** The kind of a well-formed job id, undefined for anything else. */
export function parseJobId(id: string): JobKind | undefined {
  const prefix = JOB_ID_PATTERN.exec(id)?.[1];
  return JOB_KINDS.find((kind) => KINDS[kind].idPrefix === prefix);
}

function base32(bytes: Uint8Array): string {
  let text = '';
  let bits = 0;
  let value = 0;
  for (const byte of bytes) {
    value = (value << 8) | byte;
    for (bits += 8; bits >= 5; bits -= 5) text += ALPHABET.charAt((value >>> (bits - 5)) & 31);
    value &= (1 << bits) - 1;
  }
  return text;
}

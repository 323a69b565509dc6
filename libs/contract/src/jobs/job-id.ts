import { JOB_KINDS, KINDS, type JobKind } from '../kinds.js';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const TIME_CHARACTERS = 10;
const RANDOM_BYTES = 10;
/** Ids whose random bytes are drawn together: a draw costs more than what it gives. */
const DRAWN_IDS = 128;
const SHARD_CHARACTERS = 2;

/** More than this many shards have no names. */
export const MOST_SHARDS = ALPHABET.length ** SHARD_CHARACTERS;

const PREFIXES = JOB_KINDS.map((kind) => KINDS[kind].idPrefix);

/** Of the shortest id that names its shard: prefix, underscore, ULID, shard. */
const SHARDED_LENGTH = Math.min(...PREFIXES.map(({ length }) => length)) + 1 + 26 + SHARD_CHARACTERS;

const BEGINS_WITH_ID = new RegExp(
  `^(${PREFIXES.join('|')})_[0-7][0-9A-HJKMNP-TV-Z]{25}((?!00)[0-9A-HJKMNP-TV-Z]{${SHARD_CHARACTERS}})?`,
);

/** The prefix of a kind, an underscore, a ULID, and the shard unless it is the first. */
export const JOB_ID_PATTERN = new RegExp(`${BEGINS_WITH_ID.source}$`);

/** The form of job ids, for people. */
export const JOB_ID_FORM = `${PREFIXES.map((prefix) => `${prefix}_`).join(' or ')} and a ULID`;

/**
 * A new id: its order is the order of creation, to the millisecond; the rest is random, and the shard at its
 * end. @param shard 0 to `MOST_SHARDS - 1`
 */
export function newJobId(kind: JobKind, now: number = Date.now(), shard = 0): string {
  const random = base32(randomBytes());
  return `${KINDS[kind].idPrefix}_${timeText(now)}${random}${shardText(shard)}`;
}

/**
 * What no id of this time sorts before, and every earlier one does. @param now milliseconds since 1970
 */
export function firstJobIdOf(kind: JobKind, now: number): string {
  return `${KINDS[kind].idPrefix}_${timeText(now)}`;
}

/** The shard that holds a job, by its id alone; 0 for what is no job id. */
export function jobIdShard(id: string): number {
  if (id.length < SHARDED_LENGTH) return 0; // most ids, as long as there is one shard
  let shard = 0;
  for (const digit of JOB_ID_PATTERN.exec(id)?.[2] ?? '') shard = shard * ALPHABET.length + ALPHABET.indexOf(digit);
  return shard;
}

/** The job id with which a text begins. No text that follows one may begin with a capital or a digit. */
export function leadingJobId(text: string): string | undefined {
  return BEGINS_WITH_ID.exec(text)?.[0];
}

const drawn = new Uint8Array(DRAWN_IDS * RANDOM_BYTES);
let taken = drawn.length;

function randomBytes(): Uint8Array {
  if (taken === drawn.length) {
    crypto.getRandomValues(drawn);
    taken = 0;
  }
  return drawn.subarray(taken, (taken += RANDOM_BYTES));
}

function timeText(now: number): string {
  let time = '';
  for (let rest = Math.floor(now), i = 0; i < TIME_CHARACTERS; i++, rest = Math.floor(rest / 32))
    time = ALPHABET.charAt(rest % 32) + time;
  return time;
}

function shardText(shard: number): string {
  if (shard === 0) return '';
  return `${ALPHABET.charAt(Math.floor(shard / ALPHABET.length))}${ALPHABET.charAt(shard % ALPHABET.length)}`;
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

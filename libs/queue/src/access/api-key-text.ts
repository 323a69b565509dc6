import { createHash, randomInt } from 'node:crypto';
import { crc32 } from 'node:zlib';

const LOWER = '0123456789abcdefghijklmnopqrstuvwxyz';
const ALL = `${LOWER}ABCDEFGHIJKLMNOPQRSTUVWXYZ`;
const ID_LENGTH = 8;
/** 62^43 is just above 2^256. */
const SECRET_LENGTH = 43;
/** 62^6 is above 2^32, the numbers of a CRC. */
const CHECKSUM_LENGTH = 6;

const FORM = new RegExp(
  `^(stride_([a-z0-9]{${ID_LENGTH}})_([A-Za-z0-9]{${SECRET_LENGTH}}))([A-Za-z0-9]{${CHECKSUM_LENGTH}})$`,
);
/** The beginning of a key, wherever it stands. */
export const LOOKS_LIKE_KEY = /stride_[a-z0-9]{8}_/;

/** An API key in its parts. */
interface ApiKeyParts {
  readonly id: string;
  readonly secret: string;
}

export function newKeyId(): string {
  return random(LOWER, ID_LENGTH);
}

export function newSecret(): string {
  return random(ALL, SECRET_LENGTH);
}

/** `stride_<id 8>_<secret 43><checksum 6>`: whoever looks for leaked keys can tell one without asking us. */
export function formatApiKey({ id, secret }: ApiKeyParts): string {
  const body = `stride_${id}_${secret}`;
  return body + checksum(body);
}

/** The parts of a key; undefined for what cannot be one, by its checksum too: it need not be looked up. */
export function parseApiKey(text: string): ApiKeyParts | undefined {
  const [, body = '', id = '', secret = '', given] = FORM.exec(text) ?? [];
  return given !== undefined && checksum(body) === given ? { id, secret } : undefined;
}

/** SHA-256, all that is kept of a secret: with 256 random bits it needs no salt and no slow hash. */
export function hashSecret(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

function random(alphabet: string, length: number): string {
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('');
}

/** CRC-32 in base 62, the most significant digit first. */
function checksum(body: string): string {
  let rest = crc32(body);
  const digits: string[] = [];
  for (let i = 0; i < CHECKSUM_LENGTH; i++) {
    digits.unshift(ALL.charAt(rest % ALL.length));
    rest = Math.floor(rest / ALL.length);
  }
  return digits.join('');
}

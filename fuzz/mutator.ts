import { fillWords } from '#ddim';

const MAX_BYTES = 65_536;
const MAX_MUTATIONS = 6;
const WORDS = 1024;
/** Values at which lengths, offsets and signs turn. */
const EDGES = [0, 1, 2, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff];

/** Makes new inputs from old ones. Everything random is a function of the seed, so a run can be repeated. */
export class Mutator {
  readonly #words = new Uint32Array(WORDS);
  readonly #dictionary: readonly Uint8Array[];
  #used = WORDS;
  #refills = 0;

  constructor(
    private readonly seed: number,
    dictionary: readonly string[],
  ) {
    this.#dictionary = dictionary.map((piece) => Buffer.from(piece, 'latin1'));
  }

  /** An integer in 0..limit-1; limit is at least 1. */
  below(limit: number): number {
    if (this.#used === WORDS) {
      fillWords(this.#words, { seed: this.seed, row: 0, purpose: 128 }, this.#refills++);
      this.#used = 0;
    }
    return this.#words[this.#used++] % limit;
  }

  /**
   * One to six random changes of `input`, which is left as it is. @param other what a splice takes its bytes
   * from
   */
  mutate(input: Uint8Array, other: Uint8Array): Uint8Array {
    let bytes: Uint8Array = Uint8Array.from(input);
    for (let count = 1 + this.below(MAX_MUTATIONS); count > 0; count--) bytes = this.#change(bytes, other);
    return bytes.length > MAX_BYTES ? bytes.subarray(0, MAX_BYTES) : bytes;
  }

  #change(bytes: Uint8Array, other: Uint8Array): Uint8Array {
    const at = this.below(bytes.length + 1);
    switch (this.below(9)) {
      case 0:
        return this.#overwrite(bytes, at, Uint8Array.of((bytes[at] ?? 0) ^ (1 << this.below(8))));
      case 1:
        return this.#overwrite(bytes, at, Uint8Array.of(this.below(256)));
      case 2:
        return this.#overwrite(bytes, at, this.#edge());
      case 3:
        return splice(bytes, at, 0, this.#edge());
      case 4:
        return splice(bytes, at, this.#span(bytes.length - at), new Uint8Array());
      case 5:
        return splice(bytes, at, 0, bytes.subarray(at, at + this.#span(bytes.length - at)));
      case 6:
        return splice(bytes, at, this.below(2) * this.#span(bytes.length - at), this.#pieceOf(other));
      case 7:
        return this.#overwrite(bytes, at, this.#piece());
      default:
        return splice(bytes, at, 0, this.#piece());
    }
  }

  #overwrite(bytes: Uint8Array, at: number, piece: Uint8Array): Uint8Array {
    return splice(bytes, at, piece.length, piece);
  }

  /** Mostly short, now and then up to `most`. */
  #span(most: number): number {
    if (most <= 0) return 0;
    return this.below(Math.min(most, this.below(4) === 0 ? most : 8) + 1);
  }

  #pieceOf(other: Uint8Array): Uint8Array {
    const start = this.below(other.length + 1);
    return other.subarray(start, start + this.#span(other.length - start));
  }

  #piece(): Uint8Array {
    if (this.#dictionary.length > 0 && this.below(3) > 0) return this.#dictionary[this.below(this.#dictionary.length)];
    if (this.below(2) === 0) return Uint8Array.from({ length: 1 + this.below(8) }, () => this.below(256));
    return Buffer.from(String(this.below(2) === 0 ? this.below(1_000) : EDGES[this.below(EDGES.length)]));
  }

  /** A boundary value in 1, 2, 4 or 8 bytes, either end first. */
  #edge(): Uint8Array {
    const size = 1 << this.below(4);
    const bytes = new Uint8Array(size);
    const value = EDGES[this.below(EDGES.length)];
    for (let i = 0; i < Math.min(size, 4); i++) bytes[i] = value >>> (8 * i);
    return this.below(2) === 0 ? bytes : bytes.reverse();
  }
}

function splice(bytes: Uint8Array, at: number, removed: number, inserted: Uint8Array): Uint8Array {
  const rest = Math.min(at + removed, bytes.length);
  const result = new Uint8Array(at + inserted.length + bytes.length - rest);
  result.set(bytes.subarray(0, at));
  result.set(inserted, at);
  result.set(bytes.subarray(rest), at + inserted.length);
  return result;
}

import { MULTIPLIER_0, MULTIPLIER_1, ROUNDS, WEYL_0, WEYL_1 } from '../rng.js';
import { KernelBuilder, type WasmLocal, type WasmMemory } from './wasm-kernel.js';
import { f32x4, f64, f64x2, i32, i32x4, i64x2, v128, type WasmExpression } from './wasm-vectors.js';

/** Bytes that one turn of the kernel's loop fills: four blocks of four float32. */
export const NOISE_TURN_BYTES = 64;

const RADIANS_PER_WORD = (2 * Math.PI) / 2 ** 32;
const LN_2 = 0.6931471805599453;
const SQRT_2 = 1.4142135623730951;
/** atanh(s)/s by s², |s| <= 0.1716. */
const ATANH = [1 / 21, 1 / 19, 1 / 17, 1 / 15, 1 / 13, 1 / 11, 1 / 9, 1 / 7, 1 / 5, 1 / 3, 1];
/** sin(v)/v by v², |v| <= π/4: Taylor to v^15. */
const SINE = [-1 / 1307674368000, 1 / 6227020800, -1 / 39916800, 1 / 362880, -1 / 5040, 1 / 120, -1 / 6, 1];
/** cos(v) by v²: Taylor to v^16. */
const COSINE = [
  1 / 20922789888000,
  -1 / 87178291200,
  1 / 479001600,
  -1 / 3628800,
  1 / 40320,
  -1 / 720,
  1 / 24,
  -1 / 2,
  1,
];

/**
 * Fills `numBytes` (a positive multiple of 64) from address 0 with the normals of blocks `block`, `block` +
 * 1, ... of a stream.
 */
export type FillNoise = (
  numBytes: number,
  block: number,
  step: number,
  row: number,
  key0: number,
  key1: number,
) => void;

/**
 * Box-Muller of the words of philox4x32 (rng.ts), see fillNormal for the numbers; two or four of them at a
 * time.
 */
export function compileNoise(memory: WasmMemory): FillNoise {
  return new NoiseKernel().compile(memory);
}

class NoiseKernel {
  private readonly kernel = new KernelBuilder(Array.from({ length: 6 }, () => 'i32' as const));
  private readonly doubles = new Map<number, WasmExpression>();

  compile(memory: WasmMemory): FillNoise {
    const { kernel } = this;
    const [end, block, step, row, key0, key1] = kernel.parameters;
    const [stepLanes, rowLanes] = [step, row].map(({ value }) => this.keep(i32x4.splat(value)));
    const keys = [this.roundKeys(key0, WEYL_0), this.roundKeys(key1, WEYL_1)];
    const multipliers = [MULTIPLIER_0, MULTIPLIER_1].map((factor) => this.keep(i32x4.splat(i32(factor))));
    for (const value of [...ATANH, ...SINE, ...COSINE, 0.5, 2, -2, 2 ** 52, 1_055, LN_2, SQRT_2, RADIANS_PER_WORD])
      this.doubles.set(value, this.keep(f64x2.splat(f64(value))));
    const blocks = kernel.variable('v128', i32x4.add(i32x4.splat(block.value), v128.constant(0, 1, 2, 3)));
    const address = kernel.variable('i32', i32(0));
    kernel.forEach(address, end, NOISE_TURN_BYTES, () => {
      const counter = [blocks.value, stepLanes, rowLanes, v128.constant(0, 0, 0, 0)];
      this.storeNormals(address, this.philox(counter, keys, multipliers));
      kernel.assign(blocks, i32x4.add(blocks.value, v128.constant(4, 4, 4, 4)));
    });
    return kernel.compile(memory);
  }

  /** The key of every round, in all lanes. */
  private roundKeys(key: WasmLocal, weyl: number): readonly WasmExpression[] {
    const keys = [this.keep(i32x4.splat(key.value))];
    while (keys.length < ROUNDS) keys.push(this.keep(i32x4.add(keys[keys.length - 1], i32x4.splat(i32(weyl)))));
    return keys;
  }

  /** philox4x32 of four counters: word i of block j is lane j of the i-th result. */
  private philox(
    counter: readonly WasmExpression[],
    keys: ReadonlyArray<readonly WasmExpression[]>,
    [multiplier0, multiplier1]: readonly WasmExpression[],
  ): readonly WasmExpression[] {
    let [c0, c1, c2, c3] = counter;
    for (let round = 0; round < ROUNDS; round++) {
      const product0 = this.product(c0, multiplier0);
      const product1 = this.product(c2, multiplier1);
      c0 = this.keep(v128.xor(v128.xor(product1.high, c1), keys[0][round]));
      c2 = this.keep(v128.xor(v128.xor(product0.high, c3), keys[1][round]));
      c1 = product1.low;
      c3 = product0.low;
    }
    return [c0, c1, c2, c3];
  }

  /** Lower and upper halves of the 64-bit products of int32 lanes. */
  private product(left: WasmExpression, right: WasmExpression): { low: WasmExpression; high: WasmExpression } {
    const first = this.keep(i64x2.mulLow(left, right));
    const second = this.keep(i64x2.mulHigh(left, right));
    return {
      low: this.keep(v128.lanes(first, second, [0, 2, 4, 6])),
      high: this.keep(v128.lanes(first, second, [1, 3, 5, 7])),
    };
  }

  /** The 16 normals of four blocks, block after block. */
  private storeNormals(address: WasmLocal, [w0, w1, w2, w3]: readonly WasmExpression[]): void {
    for (const half of [0, 1]) {
      const [left, right] = [this.normals(w0, w1, half), this.normals(w2, w3, half)];
      for (const lane of [0, 1])
        this.kernel.store(
          address.value,
          32 * half + 16 * lane,
          v128.lanes(left, right, [lane, 2 + lane, 4 + lane, 6 + lane]),
        );
    }
  }

  /**
   * r cos φ and r sin φ with r = √(-2 ln((w0 + 0.5) / 2^32)), φ = 2π w1 / 2^32, for the two lower or the two
   * upper lanes: float32 lanes cosine, cosine, sine, sine.
   */
  private normals(w0: WasmExpression, w1: WasmExpression, half: number): WasmExpression {
    const lower = (words: WasmExpression) => (half === 0 ? words : this.keep(v128.lanes(words, words, [2, 3, 2, 3])));
    const r = this.keep(f64x2.sqrt(f64x2.mul(this.double(-2), this.lnOfWords(lower(w0)))));
    const { cosine, sine } = this.turn(lower(w1));
    const [x, y] = [cosine, sine].map((factor) => this.keep(f32x4.demote(f64x2.mul(r, factor))));
    return this.keep(v128.lanes(x, y, [0, 1, 4, 5]));
  }

  /**
   * ln((word + 0.5) / 2^32), absolute error below 1e-15: exponent split and the series of 2
   * atanh((m-1)/(m+1)).
   */
  private lnOfWords(words: WasmExpression): WasmExpression {
    const one = this.double(1);
    const bits = this.keep(f64x2.add(f64x2.fromUnsigned(words), this.double(0.5)));
    const mantissa = v128.and(bits, v128.constant(-1, 0x000fffff, -1, 0x000fffff));
    const m = this.keep(v128.or(mantissa, one));
    const isLarge = this.keep(f64x2.greater(m, this.double(SQRT_2)));
    // The bits of 2^52 above an integer make it a float64.
    const biased = f64x2.sub(v128.or(i64x2.shiftRight(bits, i32(52)), this.double(2 ** 52)), this.double(2 ** 52));
    // 1,055 = the bias 1,023 and the 32 of the division.
    const exponent = f64x2.add(f64x2.sub(biased, this.double(1_055)), v128.and(isLarge, one));
    const reduced = this.keep(v128.select(f64x2.mul(m, this.double(0.5)), m, isLarge));
    const s = this.keep(f64x2.div(f64x2.sub(reduced, one), f64x2.add(reduced, one)));
    const series = this.series(ATANH, this.keep(f64x2.mul(s, s)));
    const ofMantissa = f64x2.mul(f64x2.mul(this.double(2), s), series);
    return f64x2.add(f64x2.mul(exponent, this.double(LN_2)), ofMantissa);
  }

  /**
   * Cosine and sine of a turn by word/2^32: whole quarter turns, and the rest, which lies within ±π/4 and is
   * exact.
   */
  private turn(words: WasmExpression): { cosine: WasmExpression; sine: WasmExpression } {
    const quarter = this.keep(i32x4.shiftRight(i32x4.add(words, i32x4.splat(i32(0x20000000))), i32(30)));
    const rest = i32x4.sub(words, i32x4.shiftLeft(quarter, i32(30)));
    const angle = this.keep(f64x2.mul(f64x2.fromSigned(rest), this.double(RADIANS_PER_WORD)));
    const square = this.keep(f64x2.mul(angle, angle));
    const sine = this.keep(f64x2.mul(angle, this.series(SINE, square)));
    const cosine = this.keep(this.series(COSINE, square));
    // Cosine of the quarters 0 to 3: 1, 0, -1, 0; sine: 0, 1, 0, -1.
    const one = v128.constant(1, 1, 1, 1);
    const odd = this.keep(v128.and(quarter, one));
    const cosines = i32x4.mul(i32x4.sub(one, odd), i32x4.sub(one, quarter));
    const quarterCosine = this.keep(f64x2.fromSigned(cosines));
    const quarterSine = this.keep(f64x2.fromSigned(i32x4.mul(odd, i32x4.sub(v128.constant(2, 2, 2, 2), quarter))));
    return {
      cosine: f64x2.sub(f64x2.mul(quarterCosine, cosine), f64x2.mul(quarterSine, sine)),
      sine: f64x2.add(f64x2.mul(quarterSine, cosine), f64x2.mul(quarterCosine, sine)),
    };
  }

  /** A polynomial, highest power first. */
  private series([first, ...rest]: readonly number[], x: WasmExpression): WasmExpression {
    return rest.reduce(
      (sum, coefficient) => f64x2.add(f64x2.mul(sum, x), this.double(coefficient)),
      this.double(first),
    );
  }

  private double(value: number): WasmExpression {
    const known = this.doubles.get(value);
    if (!known) throw new RangeError(`${value} is no constant of this kernel`);
    return known;
  }

  private keep(value: WasmExpression): WasmExpression {
    return this.kernel.variable('v128', value).value;
  }
}

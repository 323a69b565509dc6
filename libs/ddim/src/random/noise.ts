import { compileNoise, NOISE_TURN_BYTES, type FillNoise } from './kernels/noise-kernel.js';
import { checkStream, streamKey, type StreamId } from './rng.js';
import { makeWasmMemory } from './kernels/wasm-kernel.js';

/** Numbers that the kernel makes in one call, at most. */
const CHUNK_SIZE = 16_384;

/**
 * Fills out with N(0, 1) numbers by Box-Muller from the words of a stream; element i is a function of
 * (stream, step, i) alone, |z| < 6.77. Logarithm, sine and cosine are our own, from + - * / and square root
 * only, because the language leaves the last bits of Math.log, Math.sin and Math.cos open: this way every
 * machine draws the same bytes.
 */
export function fillNormal(out: Float32Array, stream: StreamId, step: number): void {
  checkStream(stream, step);
  const { run, numbers } = (kernel ??= makeKernel());
  const [key0, key1] = streamKey(stream);
  for (let start = 0; start < out.length; start += CHUNK_SIZE) {
    const size = Math.min(CHUNK_SIZE, out.length - start);
    run(Math.ceil((4 * size) / NOISE_TURN_BYTES) * NOISE_TURN_BYTES, start / 4, step, stream.row, key0, key1);
    out.set(size === CHUNK_SIZE ? numbers : numbers.subarray(0, size), start);
  }
}

interface Kernel {
  readonly run: FillNoise;
  /** [CHUNK_SIZE], overwritten by each call. */
  readonly numbers: Float32Array;
}

let kernel: Kernel | undefined;

function makeKernel(): Kernel {
  const memory = makeWasmMemory(4 * CHUNK_SIZE);
  return { run: compileNoise(memory), numbers: new Float32Array(memory.buffer, 0, CHUNK_SIZE) };
}

/** A macro-step's tables as the kernels read them, in one piece. Knows nothing of the driver. */

import type { MlpDenoiserConfig } from '#ddim';
import type { MacroStep } from '#engine';
import { CALL_WORDS, HEAD_WORDS } from '../kernels/kernel-interface.js';
import { callTables, noiseRows, type CallTable } from './call-tables.js';
import { paddedWidths } from './model-block.js';

/** Every table begins at a multiple of so many words. */
const ALIGNMENT = 32;
const WORD_BYTES = 4;

/** Memory that both sides see, in words. */
interface CallViews {
  readonly floats: Float32Array;
  readonly integers: Int32Array;
}

/** One macro-step in the memory of a call: where everything lies, and what travels. */
export class CallBlock {
  /** On the device: tables, results, scratch. */
  readonly bytes: number;
  /** On the host: tables and results. */
  readonly hostBytes: number;
  /** From the start to the end of x; and to the end of what changes from call to call of the same rows. */
  readonly uploadBytes: number;
  readonly changingBytes: number;
  /** x, and x0 where it is wanted. */
  readonly download: { readonly offset: number; readonly bytes: number };
  private readonly head = new Int32Array(HEAD_WORDS);
  private readonly tables: readonly CallTable[];

  /**
   * @param lanes R
   * @param scratchLanes that small kernels may write to; 0 for the row-tile kernel
   * @throws BackendError when a table does not have its size, or points outside of another
   */
  constructor(
    config: MlpDenoiserConfig,
    private readonly macroStep: MacroStep,
    { lanes, scratchLanes }: { readonly lanes: number; readonly scratchLanes: number },
  ) {
    const { numRows, stepsPerCall, x, x0 } = macroStep;
    const { head } = this;
    this.tables = callTables(config, macroStep);
    head[CALL_WORDS.rows] = numRows;
    head[CALL_WORDS.lanes] = lanes;
    head[CALL_WORDS.steps] = stepsPerCall;
    head[CALL_WORDS.noiseRows] = noiseRows(config, macroStep);
    let end = HEAD_WORDS;
    let changing = end;
    for (const { place, length, changes } of this.tables) {
      end = this.place(CALL_WORDS[place], end, length);
      if (changes) changing = end;
    }
    this.changingBytes = changing * WORD_BYTES;
    const from = head[CALL_WORDS.x];
    this.uploadBytes = (from + x.length) * WORD_BYTES;
    if (x0) end = this.place(CALL_WORDS.x0, end, x0.length);
    const fetched = (x0 ? head[CALL_WORDS.x0] : from) + x.length;
    this.download = { offset: from * WORD_BYTES, bytes: (fetched - from) * WORD_BYTES };
    this.hostBytes = end * WORD_BYTES;
    const { hidden } = paddedWidths(config);
    if (scratchLanes > 0) {
      end = this.place(CALL_WORDS.h, end, scratchLanes * hidden);
      end = this.place(CALL_WORDS.u, end, scratchLanes * 4 * hidden);
    }
    this.bytes = end * WORD_BYTES;
  }

  /** Whether all lies where it lies in the other one. */
  liesAs(other: CallBlock): boolean {
    return this.head.every((word, place) => word === other.head[place]);
  }

  /** Head and tables into memory of at least `uploadBytes`. */
  write({ floats, integers }: CallViews): void {
    integers.set(this.head);
    for (const { place, data } of this.tables)
      (data instanceof Float32Array ? floats : integers).set(data, this.head[CALL_WORDS[place]]);
  }

  /** x, and x0 where it is wanted, back into the macro-step. */
  read({ floats }: CallViews): void {
    const { x, x0 } = this.macroStep;
    for (const [place, array] of [
      [CALL_WORDS.x, x],
      [CALL_WORDS.x0, x0],
    ] as const)
      array?.set(floats.subarray(this.head[place], this.head[place] + array.length));
  }

  /** @returns where the next one may begin */
  private place(place: number, at: number, words: number): number {
    this.head[place] = at;
    return Math.ceil((at + words) / ALIGNMENT) * ALIGNMENT;
  }
}

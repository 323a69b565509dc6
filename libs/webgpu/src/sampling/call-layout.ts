/** The tables of one macro-step as one array of words. Knows nothing of programs and of devices. */

import type { MacroStep } from '#engine';
import type { NetworkShape } from './network-shape.js';

/** Words at the beginning of a call, by place: sizes, then where tables begin; 0 for one that is absent. */
export const CALL_HEADER = [
  'rows',
  'steps',
  'lanes',
  'pairs',
  'continues',
  'wantsX0',
  'timesteps',
  'coefficients',
  'levels',
  'pull',
  'noiseIndex',
  'noiseRows',
  'z',
  'streams',
  'x',
  'conditions',
  'laneRow',
  'laneCondition',
  'scale',
  'fixedIndex',
  'keep',
  'fixedY',
  'fixedZ0',
  'chunkIndex',
  'chunkWeights',
  'chunkY',
] as const;
const HEADER_WORDS = 32;

/** Lanes are padded to a multiple of this, the most that a workgroup takes. */
const LANES_PADDING = 32;
/** Row of a lane that computes nothing. */
export const NO_ROW = 0xffffffff;

type Table = Float32Array | Int32Array | Uint32Array;
type Word = (typeof CALL_HEADER)[number];

/**
 * A lane is one row of the network. A guided row has two, condition and null condition, next to each other
 * and before all others: (2i, 2i + 1), so that whoever computes one of them computes the other, too.
 */
interface Lanes {
  readonly count: number;
  readonly pairs: number;
  readonly row: Uint32Array;
  readonly condition: Uint32Array;
}

/** A macro-step, laid out: what changes with every step comes first. */
export class CallLayout {
  /** Lanes that compute something, and with those that compute nothing. */
  readonly lanes: number;
  readonly lanesPadded: number;
  /** Words of the whole call, and of the part that comes anew with every call on the same rows. */
  readonly words: number;
  readonly stepWords: number;
  private readonly header = new Uint32Array(HEADER_WORDS);
  private readonly placed: { readonly at: number; readonly data: Table }[] = [];

  constructor(macroStep: MacroStep, shape: NetworkShape) {
    const { numRows, stepsPerCall, noise, fixedActions: fixed, realTimeChunking: chunk } = macroStep;
    const lanes = lanesOf(macroStep);
    this.lanes = lanes.count;
    this.lanesPadded = lanes.row.length;
    this.set('rows', numRows);
    this.set('steps', stepsPerCall);
    this.set('lanes', lanes.row.length);
    this.set('pairs', lanes.pairs);
    this.set('wantsX0', macroStep.x0 ? 1 : 0);
    this.set('noiseRows', noise.z.length / (stepsPerCall * shape.D));
    this.stepWords = this.placeAll(HEADER_WORDS, {
      timesteps: macroStep.timesteps,
      coefficients: macroStep.coefficients,
      levels: fixed?.levels,
      pull: chunk?.pull,
      noiseIndex: noise.index,
      streams: noise.streams,
      z: noise.z.length > stepsPerCall * shape.D ? noise.z : undefined,
    });
    this.words = this.placeAll(this.stepWords, {
      x: macroStep.x,
      conditions: macroStep.conditions,
      laneRow: lanes.row,
      laneCondition: lanes.condition,
      scale: macroStep.guidance?.scale,
      fixedIndex: fixed?.index,
      keep: fixed?.keep,
      fixedY: fixed?.y,
      fixedZ0: fixed?.z0,
      chunkIndex: chunk?.index,
      chunkWeights: chunk?.weights,
      chunkY: chunk?.y,
    });
  }

  /** Equal where a call finds all tables in the same places. */
  get key(): string {
    return this.header.join(' ');
  }

  /** Writes the words, [words], or only those that come anew, [stepWords]. */
  write(out: ArrayBuffer, continues: boolean): void {
    const words = new Uint32Array(out);
    const floats = new Float32Array(out);
    words.set(this.header);
    words[CALL_HEADER.indexOf('continues')] = continues ? 1 : 0;
    for (const { at, data } of this.placed) {
      if (continues && at >= this.stepWords) continue;
      if (data instanceof Float32Array) floats.set(data, at);
      else words.set(data, at);
    }
  }

  private placeAll(from: number, tables: Partial<Record<Word, Table | undefined>>): number {
    let at = from;
    for (const word of CALL_HEADER) {
      const data = tables[word];
      if (!data) continue;
      this.set(word, at);
      this.placed.push({ at, data });
      at += data.length;
    }
    return at;
  }

  private set(word: Word, value: number): void {
    this.header[CALL_HEADER.indexOf(word)] = value;
  }
}

function lanesOf({ numRows, guidance }: MacroStep): Lanes {
  const guided: number[] = [];
  const others: number[] = [];
  for (let row = 0; row < numRows; row++)
    (guidance && guidance.condIndex[row] !== guidance.nullIndex[row] ? guided : others).push(row);
  const count = 2 * guided.length + others.length;
  const row = new Uint32Array(LANES_PADDING * Math.ceil(count / LANES_PADDING)).fill(NO_ROW);
  const condition = new Uint32Array(row.length);
  for (const [i, place] of guided.entries()) {
    row.fill(place, 2 * i, 2 * i + 2);
    condition[2 * i] = guidance?.condIndex[place] ?? place;
    condition[2 * i + 1] = guidance?.nullIndex[place] ?? place;
  }
  for (const [i, place] of others.entries()) {
    row[2 * guided.length + i] = place;
    condition[2 * guided.length + i] = guidance?.condIndex[place] ?? place;
  }
  return { count, pairs: guided.length, row, condition };
}

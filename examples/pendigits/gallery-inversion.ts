import type { StrideClient } from '#client';
import type { GallerySheet } from './gallery-sheet.js';
import { observationOf, strokesOfResult, strokeTensor } from './gallery-tensor.js';
import type { PenDigits } from './pen-digits.js';
import { strokesOf } from './sheet-rows.js';

const PAIRS = [
  [1, 7],
  [0, 6],
  [2, 3],
  [3, 5],
  [4, 9],
  [5, 8],
  [7, 2],
] as const;
/** Rows take turns with the strokes of so many writers. */
const WRITERS = 2;
const POINTS = 9;
const NUM_INFERENCE_STEPS = 100;

/** Pairs of real strokes, encoded to noise; what is on the way between the two, decoded. */
export async function inversionSheet(client: StrideClient, model: string, test: PenDigits): Promise<GallerySheet> {
  const real = strokesOf(test, test.strokes, WRITERS).map((row) => row.real);
  const ends = PAIRS.map((pair, i) => pair.map((digit) => real[digit][i % WRITERS]));
  const ways: (readonly Float32Array[])[] = [];
  for (const [i, pair] of PAIRS.entries()) ways.push(await wayBetween(client, model, { pair, strokes: ends[i] }));
  const errors = ways.flatMap((way, i) => [rms(way[0], ends[i][0]), rms(way[POINTS - 1], ends[i][1])]);
  return {
    title: 'From one real stroke to another',
    labels: PAIRS.map(([from, to]) => `${from}→${to}`),
    panels: [
      { heading: 'real', rows: ends.map(([from]) => [{ stroke: from }]) },
      {
        heading: 'decoded',
        note: 'the ends are encode + decode of the real strokes beside them',
        rows: ways.map((way) => way.map((stroke) => ({ stroke }))),
      },
      { heading: 'real', rows: ends.map(([, to]) => [{ stroke: to }]) },
    ],
    captions: [
      `${POINTS} points on the great circle between two latents, ${NUM_INFERENCE_STEPS} DDIM steps each way, no label (guidanceScale 0)`,
      `The ends miss the real strokes by at most ${Math.max(...errors).toFixed(2)} of 100 (rms of a coordinate) · Not selected`,
    ],
  };
}

/** [POINTS] strokes. The null condition both ways: an observation would have to fit both ends. */
async function wayBetween(
  client: StrideClient,
  model: string,
  { pair, strokes }: { readonly pair: readonly [number, number]; readonly strokes: readonly Float32Array[] },
): Promise<readonly Float32Array[]> {
  const options = { model, numInferenceSteps: NUM_INFERENCE_STEPS, clipSample: false, guidanceScale: 0 };
  const { actions: latents } = await client.sample({
    ...options,
    mode: 'encode',
    observations: pair.map(observationOf),
    initialActions: strokeTensor(strokes),
  });
  const { actions: decoded } = await client.sample({
    ...options,
    mode: 'interpolate',
    observations: [observationOf(pair[0])],
    initialNoise: strokeTensor(strokesOfResult(latents)),
    samplesPerObservation: POINTS,
  });
  return strokesOfResult(decoded);
}

function rms(a: Float32Array, b: Float32Array): number {
  return Math.sqrt(a.reduce((sum, value, i) => sum + (value - b[i]) ** 2, 0) / a.length);
}

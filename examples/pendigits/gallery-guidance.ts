import type { StrideClient } from '#client';
import { nearestNeighbourAccuracy } from './evaluation.js';
import type { GallerySheet } from './gallery-sheet.js';
import { observationOf, strokesOfResult, valuesOf } from './gallery-tensor.js';
import { NUM_DIGITS, STROKE_SIZE, type PenDigits } from './pen-digits.js';

const GUIDANCE_SCALES = [0, 1, 2, 4, 8];
const NUM_INFERENCE_STEPS = 50;
/** Strokes of each digit: as many are measured, and the first few drawn. */
const STROKES = 100;
const COLUMNS = 3;
const DIGITS = [...Array(NUM_DIGITS).keys()];

/**
 * The ten digits under five guidance scales, all from the same noise, each with the share that reads right.
 */
export async function guidanceSheet(
  client: StrideClient,
  model: string,
  { train, test }: { readonly train: PenDigits; readonly test: PenDigits },
): Promise<GallerySheet> {
  const labels = Uint8Array.from({ length: NUM_DIGITS * STROKES }, (_, row) => Math.floor(row / STROKES));
  const panels: GallerySheet['panels'][number][] = [];
  for (const guidanceScale of GUIDANCE_SCALES) {
    const { actions: result } = await client.sample({
      model,
      observations: DIGITS.map(observationOf),
      samplesPerObservation: STROKES,
      numInferenceSteps: NUM_INFERENCE_STEPS,
      guidanceScale,
      useClippedModelOutput: true,
      seed: 1,
    });
    const sampled = strokesOfResult(result);
    const digits = { count: labels.length, strokes: valuesOf(sampled), labels };
    const share = (100 * nearestNeighbourAccuracy(train, digits)).toFixed(1);
    panels.push({
      heading: `guidanceScale ${guidanceScale}`,
      note: `${share} %, spread ${spread(digits).toFixed(1)}`,
      rows: DIGITS.map((digit) =>
        sampled.slice(digit * STROKES, digit * STROKES + COLUMNS).map((stroke) => ({ stroke })),
      ),
    });
  }
  return {
    title: 'Guidance: how strictly the digit is obeyed',
    labels: DIGITS.map(String),
    panels,
    captions: [
      `The same noise in every panel, ${NUM_INFERENCE_STEPS} DDIM steps, not selected` +
        ` · %: read as the digit asked for, of ${labels.length.toLocaleString('en')} strokes`,
      `spread: rms distance of a coordinate from the mean of its digit, on a tablet of 100 x 100 (people: ${spread(test).toFixed(1)})`,
    ],
  };
}

/** Root mean square, over all coordinates, of the distance from the mean stroke of the digit. */
function spread({ count, strokes, labels }: PenDigits): number {
  const means = DIGITS.map(() => new Float64Array(STROKE_SIZE));
  const counts = new Uint32Array(NUM_DIGITS);
  for (const label of labels) counts[label]++;
  for (const [i, value] of strokes.entries()) {
    const label = labels[Math.floor(i / STROKE_SIZE)];
    means[label][i % STROKE_SIZE] += value / counts[label];
  }
  const squares = strokes.reduce(
    (total, value, i) => total + (value - means[labels[Math.floor(i / STROKE_SIZE)]][i % STROKE_SIZE]) ** 2,
    0,
  );
  return Math.sqrt(squares / count / STROKE_SIZE);
}

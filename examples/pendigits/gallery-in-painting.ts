import type { StrideClient } from '#client';
import type { GalleryGlyph, GallerySheet } from './gallery-sheet.js';
import { observationOf, strokesOfResult, strokeTensor } from './gallery-tensor.js';
import { NUM_DIGITS, NUM_POINTS, type PenDigits } from './pen-digits.js';
import { strokesOf } from './sheet-rows.js';

const NUM_KNOWN = 4;
const COMPLETIONS = 6;
/** Of the second panel: half a stroke and a digit that contradict each other need to know who wins. */
const GUIDANCE_SCALE = 2;
const NUM_INFERENCE_STEPS = 50;
const DIGITS = [...Array(NUM_DIGITS).keys()];

/**
 * Real strokes whose second half is forgotten and written again: as the same digit several times, and as each
 * digit.
 */
export async function inPaintingSheet(client: StrideClient, model: string, test: PenDigits): Promise<GallerySheet> {
  const real = strokesOf(test, test.strokes, 1).map((row) => row.real[0]);
  const complete = async (labels: readonly number[], columns: number, guidanceScale = 1) => {
    const halves = labels.map((_, row) => firstHalf(real[Math.floor(row / columns)]));
    const { actions: result } = await client.sample({
      model,
      observations: labels.map(observationOf),
      numInferenceSteps: NUM_INFERENCE_STEPS,
      guidanceScale,
      useClippedModelOutput: true,
      fixedActions: { mask: Array.from({ length: NUM_POINTS }, (_, i) => i < NUM_KNOWN), values: strokeTensor(halves) },
      seed: 1,
    });
    const strokes = strokesOfResult(result);
    return DIGITS.map((digit) => strokes.slice(digit * columns, (digit + 1) * columns).map(ringed));
  };
  const same = DIGITS.flatMap((digit) => Array.from({ length: COMPLETIONS }, () => digit));
  const every = DIGITS.flatMap(() => DIGITS);
  return {
    title: 'In-painting: half a stroke is given, the model writes the rest',
    labels: DIGITS.map(String),
    panels: [
      { heading: 'real', rows: real.map((stroke) => [ringed(stroke)]) },
      { heading: 'its own digit', note: 'from different noise', rows: await complete(same, COMPLETIONS) },
      {
        heading: `the digit asked for, guidanceScale ${GUIDANCE_SCALE}`,
        note: DIGITS.map(String),
        rows: await complete(every, NUM_DIGITS, GUIDANCE_SCALE),
      },
    ],
    captions: [
      `Rings: the first ${NUM_KNOWN} of ${NUM_POINTS} points, fixed by fixedActions` +
        ` · Real strokes of people that the model has never seen, ${NUM_INFERENCE_STEPS} DDIM steps, not selected`,
    ],
  };
}

/** The known points; what comes after them is not read, and 0 here. */
function firstHalf(stroke: Float32Array): Float32Array {
  return stroke.map((value, i) => (i < 2 * NUM_KNOWN ? value : 0));
}

function ringed(stroke: Float32Array): GalleryGlyph {
  return { stroke, numKnown: NUM_KNOWN };
}

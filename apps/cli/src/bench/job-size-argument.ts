import { InvalidArgumentError } from 'commander';
import { RANGES, SAMPLING_LIMITS } from '#ddim';
import type { LoadSize } from '#load';

const MAX_WEIGHT = 1e6;
const EXAMPLE = 'Expected rows=R,steps=S or rows=R,steps=S:WEIGHT, such as rows=1,steps=10:60';

export const DEFAULT_SIZE: LoadSize = { rows: 1, steps: 10, weight: 1 };

/**
 * Adds one `rows=R,steps=S[:WEIGHT]` to those before it. @throws InvalidArgumentError naming what is wrong
 */
export function addJobSize(text: string, before: readonly LoadSize[] = []): readonly LoadSize[] {
  const parts = /^rows=(?<rows>\d{1,9}),steps=(?<steps>\d{1,9})(?::(?<weight>\d{1,9}(?:\.\d{1,9})?))?$/.exec(
    text,
  )?.groups;
  if (parts === undefined) throw new InvalidArgumentError(`${EXAMPLE}; got ${text}.`);
  const size = { rows: Number(parts.rows), steps: Number(parts.steps), weight: Number(parts.weight ?? 1) };
  requireInside('rows', size.rows, 1, SAMPLING_LIMITS.rows);
  requireInside('steps', size.steps, 1, RANGES.numInferenceSteps.max);
  if (!(size.weight > 0 && size.weight <= MAX_WEIGHT))
    throw new InvalidArgumentError(`Expected a weight above 0 and up to ${MAX_WEIGHT}, got ${size.weight}.`);
  return [...before, size];
}

function requireInside(name: string, value: number, least: number, most: number): void {
  if (value < least || value > most)
    throw new InvalidArgumentError(`Expected ${name} from ${least} to ${most}, got ${value}.`);
}

import { InputError } from './errors.js';
import type { Range } from './vocabulary.js';

/** @throws InputError `validation_failed` naming the field, what was expected and what came */
export function check(accepted: boolean, field: string, value: unknown, expected: string): void {
  if (!accepted)
    throw new InputError('validation_failed', `${field} must be ${expected}, got ${String(value)}`, { field });
}

/** @throws InputError unless `value` is an integer in min..max */
export function checkInteger(field: string, value: number, min: number, max: number): void {
  // the message is built for failures only
  if (Number.isInteger(value) && value >= min && value <= max) return;
  check(false, field, value, max === Infinity ? `an integer of at least ${min}` : `an integer in ${min}..${max}`);
}

/** @throws InputError unless `value` is in the range */
export function checkWithin(field: string, value: number, range: Range): void {
  const { min = -Infinity, max = Infinity, above = -Infinity, below = Infinity } = range;
  if (value >= min && value <= max && value > above && value < below) return;
  check(false, field, value, `a number ${describeRange(range)}`);
}

function describeRange({ min, max, above, below }: Range): string {
  if (above !== undefined)
    return below === undefined ? `above ${above}, at most ${max}` : `between ${above} and ${below}`;
  return below === undefined ? `in ${min}..${max}` : `from ${min} to below ${below}`;
}

/** @throws InputError unless `value` is one of the words of the vocabulary */
export function checkWord(field: string, value: string, words: readonly string[]): void {
  if (words.includes(value)) return;
  check(false, field, value, `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`);
}

/** @throws InputError unless `value` is finite and above 0 */
export function checkPositive(field: string, value: number | undefined): void {
  check(value !== undefined && value > 0 && value < Infinity, field, value, 'a finite number above 0');
}

/** @throws InputError `shape_mismatch` unless an array has exactly `expected` elements */
export function checkLength(field: string, length: number, expected: number, shape: string): void {
  if (length !== expected)
    throw new InputError('shape_mismatch', `${field} must be ${shape} = ${expected} numbers, got ${length}`, { field });
}

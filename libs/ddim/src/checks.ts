import { InputError } from './errors.js';

/** @throws InputError `validation_failed` naming the field, what was expected and what came */
export function check(accepted: boolean, field: string, value: unknown, expected: string): void {
  if (!accepted)
    throw new InputError('validation_failed', `${field} must be ${expected}, got ${String(value)}`, { field });
}

/** @throws InputError unless `value` is an integer in min..max */
export function checkInteger(field: string, value: number, min: number, max: number): void {
  if (Number.isInteger(value) && value >= min && value <= max) return; // the message is built for failures only
  check(false, field, value, max === Infinity ? `an integer of at least ${min}` : `an integer in ${min}..${max}`);
}

/** @throws InputError unless `value` is in [min, max] */
export function checkRange(field: string, value: number, min: number, max: number): void {
  check(value >= min && value <= max, field, value, `a number in ${min}..${max}`);
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

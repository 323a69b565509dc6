import { readFileSync } from 'node:fs';
import { UsageError } from '../errors/cli-error.js';

const STANDARD_INPUT = 0;

/** The bytes of a file; `-` is standard input. @throws UsageError when it cannot be read */
export function readInput(path: string): Buffer {
  try {
    return readFileSync(path === '-' ? STANDARD_INPUT : path);
  } catch (error) {
    throw new UsageError(`cannot read ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** A parsed JSON file; `-` is standard input. @throws UsageError when it cannot be read or is no JSON */
export function readJson(path: string): unknown {
  const text = readInput(path).toString('utf8');
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${path} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** The fields of a JSON object in a file. @throws UsageError when the file holds something else */
export function readJsonObject(path: string): Record<string, unknown> {
  const value = readJson(path);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new UsageError(`${path} must hold a JSON object`);
  return { ...value };
}

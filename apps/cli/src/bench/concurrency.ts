import { InvalidArgumentError } from 'commander';

const MAX_CLIENTS = 4_096;
const MAX_LEVELS = 64;

/**
 * Numbers of clients: `8`, `1:64:x2` (1, 2, 4 .. 64) or `10:50:+10` (10, 20 .. 50).
 * @throws InvalidArgumentError saying what was expected
 */
export function parseConcurrency(text: string): readonly number[] {
  const parts = /^(?<first>\d{1,6})(?::(?<last>\d{1,6}):(?<kind>[x+])(?<by>\d{1,6}))?$/.exec(text)?.groups;
  if (parts === undefined) throw new InvalidArgumentError(`Expected N, FIRST:LAST:xFACTOR or FIRST:LAST:+STEP.`);
  const first = Number(parts.first);
  const last = Number(parts.last ?? first);
  if (first < 1 || last > MAX_CLIENTS || first > last)
    throw new InvalidArgumentError(`Expected 1 <= FIRST <= LAST <= ${MAX_CLIENTS}, got ${first} and ${last}.`);
  const by = Number(parts.by ?? 2);
  const least = parts.kind === '+' ? 1 : 2;
  if (by < least) throw new InvalidArgumentError(`Expected at least ${parts.kind}${least}, got ${parts.kind}${by}.`);
  const levels: number[] = [];
  for (let clients = first; clients <= last; clients = parts.kind === '+' ? clients + by : clients * by)
    levels.push(clients);
  if (levels.length > MAX_LEVELS)
    throw new InvalidArgumentError(`Expected at most ${MAX_LEVELS} levels, got ${levels.length}.`);
  return levels;
}

import { z } from 'zod';
import { environment, KNOWN_VARIABLES, RENAMED, SECRET_VARIABLES } from './environment.js';

/** Thrown when the environment of a process is wrong; the process ends with exit code 78 (EX_CONFIG). */
export class InvalidConfigError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = 'InvalidConfigError';
  }
}

/**
 * Reads a configuration once and completely.
 * @param names the variables that the app reads, from `environment`
 * @param narrower schemas in their place, where only the app knows what a variable may say
 * @throws InvalidConfigError naming every wrong variable and every unknown STRIDE_ variable
 */
export function loadConfig<Name extends keyof typeof environment>(
  names: readonly Name[],
  given: NodeJS.ProcessEnv = process.env,
  narrower: { readonly [Key in Name]?: z.ZodType<z.output<(typeof environment)[Key]>> } = {},
): Readonly<{ [Key in Name]: z.output<(typeof environment)[Key]> }> {
  const source = byPresentNames(given);
  const problems = Object.keys(source)
    .filter((name) => name.startsWith('STRIDE_') && !KNOWN_VARIABLES.includes(name))
    .map((name) => `${name}: unknown variable${suggestion(name)}`);
  const values = new Map<string, unknown>();
  for (const name of names) {
    const parsed = (narrower[name] ?? environment[name]).safeParse(source[name]);
    if (parsed.success) values.set(name, parsed.data);
    else {
      const expected = [...new Set(parsed.error.issues.map(({ message }) => message))].join('; ');
      const got = SECRET_VARIABLES.has(name) ? '' : `, got "${source[name]}"`;
      problems.push(`${name}: ${expected}${got}`);
    }
  }
  if (problems.length > 0) throw new InvalidConfigError('invalid_config', problems.join('\n'));
  return Object.freeze(Object.fromEntries(values)) as Readonly<{ [Key in Name]: z.output<(typeof environment)[Key]> }>;
}

/** What to tell whoever still uses a former name. */
export function formerNames(source: NodeJS.ProcessEnv): string[] {
  const used = Object.entries(RENAMED).filter(([former]) => source[former] !== undefined);
  return used.map(([former, present]) => `${former} is called ${present} now; the next release will not read it`);
}

/** A variable's present name counts where both are given. */
function byPresentNames(source: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const entries = Object.entries(source).map(([name, value]): [string, string | undefined] => [
    source[RENAMED[name] ?? name] === undefined ? (RENAMED[name] ?? name) : name,
    value,
  ]);
  return Object.fromEntries(entries.filter(([name]) => RENAMED[name] === undefined));
}

/** The known name with the most characters in common, when it is close enough to be a slip. */
function suggestion(name: string): string {
  const scored = KNOWN_VARIABLES.map((known) => ({ known, distance: editDistance(name, known) }));
  const best = scored.reduce((left, right) => (right.distance < left.distance ? right : left));
  return best.distance <= 3 ? `, did you mean ${best.known}?` : '';
}

/** Levenshtein distance. */
function editDistance(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, j) => j);
  for (let i = 1; i <= left.length; i++) {
    const next = [i];
    for (let j = 1; j <= right.length; j++) {
      const substitution = (row[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, substitution));
    }
    row = next;
  }
  return row[right.length] ?? 0;
}

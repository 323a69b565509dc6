import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Redis } from 'ioredis';
import { STRIDE_PREFIX } from '#queue';
import { root } from './processes.js';

/** Whatever a connection may begin or end with. */
const ALWAYS = ['info', 'ping', 'quit', 'select', 'client|setname'];

/** The commands in the sources: those of BullMQ's scripts, of ours, and those that our code calls by name. */
export function commandsInSources(): ReadonlySet<string> {
  const bullmq = dirname(createRequire(import.meta.url).resolve('bullmq/dist/cjs/scripts/moveToFinished-14.js'));
  const scripts = sourcesIn(bullmq, '.js').join('\n');
  const ours = [...sourcesIn(join(root, 'apps'), '.ts'), ...sourcesIn(join(root, 'libs'), '.ts')].join('\n');
  const inScripts = `${scripts}\n${ours}`.matchAll(/(?:rcall|redis\.p?call)\(\s*["']([A-Za-z]+)["']/g);
  const called = ours.matchAll(
    /\bredis(?:\.multi\(\))?\.(z?h?[a-z]+(?:range|scan|by|card|rem|incr|set|get|del)[a-z]*)\(/g,
  );
  const clusters = ours.matchAll(/\.cluster\('([A-Z]+)'/g);
  const names = [...inScripts, ...called].map(([, name]) => (name ?? '').toLowerCase());
  return new Set([...ALWAYS, ...names, ...[...clusters].map(([, name]) => `cluster|${name?.toLowerCase()}`)]);
}

/** The commands that a server has executed, those inside scripts included. */
export async function commandsOf(admin: Redis): Promise<ReadonlySet<string>> {
  const lines = (await admin.info('commandstats')).split(/\r?\n/);
  return new Set(lines.flatMap((line) => /^cmdstat_([^:]+):calls=[1-9]/.exec(line)?.[1] ?? []));
}

/** The rule of a user that may do nothing else. */
export function aclRule(commands: Iterable<string>): string {
  const names = [...new Set(commands)].filter((name) => !LEFT_OUT.has(name)).sort();
  const prefix = STRIDE_PREFIX.slice(0, -1);
  const places = [`~${STRIDE_PREFIX}*`, `~${prefix}:*`, `&${STRIDE_PREFIX}*`, `&${prefix}:*`];
  return [...places, '-@all', ...names.map((name) => `+${name}`)].join(' ');
}

/** What a rule allows. */
export function commandsAllowedBy(rule: string): string[] {
  return [...rule.matchAll(/ \+([a-z|]+)/g)].map(([, name]) => name ?? '');
}

/** Everybody may log in; and what only Redis 7.2 knows makes a rule that others refuse. */
const LEFT_OUT: ReadonlySet<string> = new Set(['auth', 'hello', 'waitaof']);

function sourcesIn(directory: string, extension: string): string[] {
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' });
  const sources = names.filter((name) => name.endsWith(extension) && !/spec\.ts$|\.d\.ts$/.test(name));
  return sources.map((name) => readFileSync(join(directory, name), 'utf8'));
}

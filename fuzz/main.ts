import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { fuzz, type FuzzResult } from './fuzz-thread.js';
import type { FuzzTarget } from './target.js';

const OUT = 'out/fuzz';
const TARGETS = readdirSync(new URL('./targets/', import.meta.url))
  .filter((file) => file.endsWith('.js'))
  .map((file) => file.slice(0, -'.js'.length))
  .sort();

interface Options {
  readonly inputs: string;
  readonly seconds: string;
  readonly seed: string;
  readonly replay?: string;
}

const program = new Command('fuzz')
  .description('Feeds mutated inputs to the parsers; ends with 1 if one breaks a law.')
  .argument('[targets...]', `of ${TARGETS.join(', ')}; all of them if none is named`)
  .option('--inputs <n>', 'inputs of each target at most', 'Infinity')
  .option('--seconds <n>', 'seconds over all targets', '60')
  .option('--seed <n>', 'another seed makes other inputs', '1')
  .option('--replay <file>', 'feed this one input to the one target named')
  .action(run);
await program.parseAsync();

async function run(names: string[], options: Options): Promise<void> {
  const unknown = names.find((name) => !TARGETS.includes(name));
  if (unknown !== undefined) program.error(`unknown target ${unknown}; there are ${TARGETS.join(', ')}`);
  if (options.replay !== undefined) return replay(names[0], options.replay);
  const chosen = names.length > 0 ? names : TARGETS;
  const seconds = Number(options.seconds) / chosen.length;
  for (const target of chosen) {
    const startedAt = performance.now();
    const result = await fuzz({ target, seed: Number(options.seed), inputs: Number(options.inputs), seconds });
    const took = (performance.now() - startedAt) / 1000;
    const { inputs, outcomes } = result;
    console.log(`${target}: ${inputs} inputs, ${outcomes} outcomes, ${took.toFixed(1)} s`);
    report(target, result);
  }
}

function report(target: string, { failure }: FuzzResult): void {
  if (failure === undefined) return;
  process.exitCode = 1;
  const name = createHash('sha256').update(failure.input).digest('hex').slice(0, 16);
  const file = join(OUT, `${target}-${name}.bin`);
  mkdirSync(OUT, { recursive: true });
  writeFileSync(file, failure.input);
  console.log(`${target}: FAILED\n${failure.message}\ninput: ${file}; npm run fuzz -- ${target} --replay ${file}`);
}

async function replay(name: string | undefined, file: string): Promise<void> {
  const { target } = (await import(`./targets/${name}.js`)) as { target: FuzzTarget };
  console.log(await target.run(readFileSync(file)));
}

// npm start: installs, builds, brings the whole system up, and runs the pen-digit demonstration on it.
import { parseArgs } from 'node:util';
import { build, checkNode, checkRedis, fail, installDependencies, root } from './setup.mjs';

const USAGE = `usage: npm start -- [--once] [--quick] [--port N] [--data-dir DIR]
  --once       end everything when the demonstration is over
  --quick      train only briefly: shows that all parts work, draws bad digits
  --port       port of the API (default 3000, 0 takes a free one)
  --data-dir   where queue, models and artifacts are kept (default .stride)`;

checkNode();
const options = readOptions();
process.chdir(root);
checkRedis();
installDependencies();
build();
const { describeSystem, runSystem, untilAborted } = await import('../dist/apps/cli/src/run-system.js');
const { Terminal } = await import('../dist/apps/cli/src/terminal/terminal.js');
const { runDemo } = await import('../dist/examples/pendigits/demo.js');

const terminal = new Terminal({ json: false });
const system = {
  port: options.port,
  numWorkers: 1,
  dataDirectory: options.dataDir,
  redisUrl: process.env.REDIS_URL || undefined,
};
try {
  await runSystem(system, terminal, async (running, stopRequested) => {
    terminal.print(describeSystem(running, terminal)); // its page shows what follows
    await runDemo({ apiUrl: running.apiUrl, quick: options.quick, signal: stopRequested });
    if (options.once) return;
    terminal.print(describeSystem(running, terminal));
    await untilAborted(stopRequested);
  });
} catch (error) {
  fail(error?.stack ?? String(error));
}

function readOptions() {
  const flags = {
    once: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
    port: { type: 'string', default: '3000' },
    'data-dir': { type: 'string', default: '.stride' },
  };
  try {
    const { values } = parseArgs({ options: flags });
    if (values.help) fail(USAGE, 0);
    if (!/^\d{1,5}$/.test(values.port)) throw new Error('--port must be a number');
    return { once: values.once, quick: values.quick, port: Number(values.port), dataDir: values['data-dir'] };
  } catch (error) {
    return fail(`${error.message}\n${USAGE}`, 2);
  }
}

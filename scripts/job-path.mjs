// npm run job-path: the own files that work for one sampling job, from its submission to its result, in API,
// worker and engine thread.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { initialParameters } from '#ddim';
import { ModelRegistry, openStore } from '#storage';

const root = fileURLToPath(new URL('..', import.meta.url));
/** A file counts if every repetition called it: timers of the processes fall into one of them only. */
const REPETITIONS = 5;
const directory = mkdtempSync(join(tmpdir(), 'stride-job-path-'));
const children = [];

try {
  const port = await freePort();
  start(
    'redis-server',
    ['--port', String(port), '--save', '', '--dir', directory, '--maxmemory-policy', 'noeviction'],
    {},
  );
  const artifacts = join(directory, 'artifacts');
  await publish(artifacts);
  const env = { REDIS_URL: `redis://127.0.0.1:${port}`, STRIDE_ARTIFACTS: artifacts, STRIDE_THREADS: '1' };
  const api = await startApp('api', { ...env, STRIDE_PORT: '0' });
  const worker = await startApp('worker', { ...env, STRIDE_METRICS_PORT: '0' });
  const observed = [api, worker];
  const submit = () => sample(api.ready.url);
  for (let i = 0; i < 3; i++) await submit(); // caches are warm
  const paths = [];
  for (let i = 0; i < REPETITIONS; i++) {
    await mark(observed);
    await submit();
    await mark(observed);
    paths.push(new Map(observed.map(({ name, file }) => [name, calledSinceMark(file)])));
  }
  report(paths);
} finally {
  for (const child of children.reverse()) child.kill('SIGKILL');
  await sleep(200);
  rmSync(directory, { recursive: true, force: true });
}

function report(paths) {
  const all = new Set();
  for (const name of ['api', 'worker']) {
    const [first, ...others] = paths.map((path) => path.get(name));
    const always = [...first].filter((file) => others.every((other) => other.has(file))).sort();
    for (const file of always) all.add(file);
    console.log(`\n${name}: ${always.length} files`);
    for (const file of always) console.log(`  ${file}`);
  }
  console.log(`\n${all.size} own files work for one sampling job`);
}

async function mark(observed) {
  await sleep(300); // what the job before has left to do
  const before = observed.map(({ file }) => linesOf(file).length);
  for (const { child } of observed) child.kill('SIGUSR2');
  // One line per thread; threads answer a moment after the main one.
  while (observed.some(({ file }, i) => linesOf(file).length === before[i])) await sleep(10);
  await sleep(200);
}

/** The files of the newest line of each thread. */
function calledSinceMark(file) {
  const lines = linesOf(file);
  const threads = ['main', 'thread'].flatMap(
    (thread) => lines.findLast((line) => line.thread === thread)?.called ?? [],
  );
  return new Set(
    threads
      .filter((url) => url.startsWith(pathToFileURL(join(root, 'dist')).href))
      .map((url) => relative(join(root, 'dist'), fileURLToPath(url)).replace(/\.js$/, '.ts')),
  );
}

function linesOf(file) {
  try {
    return readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  } catch {
    return [];
  }
}

async function sample(url) {
  const observations = [[0.1, 0.2, 0.3]];
  const response = await fetch(`${url}/v1/sampling-jobs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', prefer: 'wait=30' },
    body: JSON.stringify({ model: 'tiny', observations, samplesPerObservation: 4, seed: 1 }),
  });
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
  await response.text();
}

async function startApp(name, environment) {
  const file = join(directory, `${name}.jsonl`);
  const preload = pathToFileURL(join(root, 'scripts/called-functions.mjs')).href;
  const script = join(root, `dist/apps/${name}/src/main.js`);
  const child = start(process.execPath, ['--import', preload, script], { ...environment, CALLED_FUNCTIONS: file });
  for await (const line of createInterface({ input: child.stdout })) {
    const said = line.startsWith('{') ? JSON.parse(line) : {};
    if (said.event !== 'ready') continue;
    child.stdout.resume();
    return { name, file, child, ready: said };
  }
  throw new Error(`${name} did not start`);
}

function start(command, args, environment) {
  const stdio = ['ignore', command === process.execPath ? 'pipe' : 'ignore', 'inherit'];
  const child = spawn(command, args, { cwd: root, env: { ...process.env, ...environment }, stdio });
  children.push(child);
  return child;
}

function freePort() {
  const server = createServer();
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

async function publish(artifactRoot) {
  const config = {
    obsSize: 3,
    actionHorizon: 4,
    actionDim: 2,
    hiddenSize: 16,
    numLayers: 1,
    numTrainTimesteps: 100,
    predictionType: 'epsilon',
    preconditioning: 'none',
  };
  const plain = (length) => ({ scale: new Float32Array(length).fill(1), offset: new Float32Array(length) });
  const model = {
    config,
    schedule: {
      numTrainTimesteps: 100,
      betaSchedule: 'squaredcos_cap_v2',
      betaStart: 1e-4,
      betaEnd: 0.02,
      rescaleBetasZeroSnr: false,
      setAlphaToOne: true,
    },
    sampling: {
      numInferenceSteps: 10,
      timestepSpacing: 'leading',
      eta: 0,
      clipSample: true,
      clipSampleRange: 1,
      thresholding: null,
      useClippedModelOutput: false,
    },
    observationNormalizer: plain(3),
    actionNormalizer: plain(2),
    conditionDropout: 0,
    parameters: initialParameters(config, 1),
  };
  const registry = new ModelRegistry(openStore(artifactRoot));
  await registry.publish({ name: 'tiny', model, provenance: { source: 'import' } });
}

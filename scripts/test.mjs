// npm test: sets up, then lint and types beside the unit tests, then the end-to-end tests. The end names what
// failed, in few words, and the last line sums all; the exit code is honest.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { build, checkNode, installDependencies, root } from './setup.mjs';

const REPORTS = join(root, 'out/test');

/** Of the message of each failure, repeated at the end. */
const SHOWN_LINES = 12;

/** Debian packages that some tests need, and the program that shows that each is there. */
const TEST_PACKAGES = {
  'redis-server': ['redis-server', 'valkey-server'],
  prometheus: ['promtool'],
  openssl: ['openssl'],
  iproute2: ['ip'],
  'kubernetes-client': ['kubectl'],
  chromium: ['chromium'],
  'python3-numpy': ['f2py3', 'f2py'],
};

checkNode();
installDependencies();
build();
await installTestPrograms();

const environment = { ...process.env, STRIDE_PREBUILT: '1' };
const total = { passed: 0, failed: 0, skipped: 0 };
const failures = [];
const checks = ['lint', 'typecheck'].map((script) => check(script));
add(await vitest('unit')); // beside them
total.failed += (await Promise.all(checks)).filter((good) => !good).length;
add(await vitest('e2e'));
if (failures.length > 0) process.stdout.write(`\n== what failed\n${failures.join('\n')}\n`);
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
process.stdout.write(`${total.passed} passed, ${total.failed} failed${skipped}\n`);
process.exitCode = total.failed > 0 ? 1 : 0;

async function installTestPrograms() {
  const { canInstallPackages, findProgram, installPackages } =
    await import('../dist/libs/system/src/debian-packages.js');
  const absent = Object.keys(TEST_PACKAGES).filter((name) => findProgram(...TEST_PACKAGES[name]) === undefined);
  if (absent.length === 0) return;
  process.stderr.write(`Not on this machine: ${absent.join(', ')}\n`);
  const problem = canInstallPackages() ? installPackages(absent) : 'only root on Debian installs them here';
  if (problem !== undefined) process.stderr.write(`Tests that need them are skipped: ${problem}\n`);
}

async function vitest(project) {
  const report = join(REPORTS, `${project}.json`);
  mkdirSync(REPORTS, { recursive: true });
  rmSync(report, { force: true });
  const options = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const good = await step(project, process.execPath, [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--project',
    project,
    ...options,
  ]);
  return count(report, good);
}

/**
 * Numbers of one vitest report. A file that failed outside its tests (it does not load, a hook failed) counts
 * as one, and so does a crash.
 */
function count(report, good) {
  let summary;
  try {
    summary = JSON.parse(readFileSync(report, 'utf8'));
  } catch {
    failures.push(`no report of vitest: ${report}`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
  const bad = summary.testResults.flatMap(failuresOf);
  failures.push(...bad);
  const failed = bad.length;
  return {
    passed: summary.numPassedTests,
    failed: failed === 0 && !good ? 1 : failed,
    skipped: summary.numPendingTests + (summary.numTodoTests ?? 0),
  };
}

/** Each failed test of a file with its first lines, or the file itself. */
function failuresOf({ name, status, message, assertionResults }) {
  const file = relative(root, name);
  const tests = assertionResults.filter((test) => test.status === 'failed');
  if (tests.length === 0) return status === 'failed' ? [described(file, message)] : [];
  return tests.map((test) => described(`${file}: ${test.fullName}`, test.failureMessages.join('\n')));
}

function described(title, message) {
  const lines = stripVTControlCharacters(message ?? '').split('\n');
  return [title, ...lines.slice(0, SHOWN_LINES).map((line) => `    ${line}`)].join('\n');
}

function add(counts) {
  for (const key of Object.keys(total)) total[key] += counts[key];
}

/** Runs an npm script and shows its output when it has ended: two of them run at a time. */
function check(script) {
  const child = spawn('npm', ['run', '--silent', script], {
    cwd: root,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => output.push(chunk));
  return new Promise((resolve) => {
    const end = (problem) => {
      const failed = problem === undefined ? '' : `== ${script} failed: ${problem}\n`;
      process.stdout.write(`\n== ${script}\n${Buffer.concat(output)}${failed}`);
      if (problem !== undefined) failures.push(described(`${script}: ${problem}`, Buffer.concat(output).toString()));
      resolve(problem === undefined);
    };
    child.once('error', (error) => end(error.message));
    child.once('close', (code) => end(code === 0 ? undefined : `code ${code}`));
  });
}

/** Runs a program and shows its output as it comes. */
function step(name, command, args) {
  process.stdout.write(`\n== ${name}\n`);
  const child = spawn(command, args, { cwd: root, env: environment, stdio: ['ignore', 'inherit', 'inherit'] });
  return new Promise((resolve) => {
    child.once('error', (error) => {
      process.stderr.write(`${command} could not be started: ${error.message}\n`);
      resolve(false);
    });
    child.once('close', (code) => {
      if (code !== 0) process.stdout.write(`== ${name} failed\n`);
      resolve(code === 0);
    });
  });
}

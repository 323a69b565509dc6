// npm test: sets up, then lint and types beside the unit tests, then the end-to-end tests. The end names what
// failed, in few words, and the last line sums all; the exit code is honest.
import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build, checkNode, installDependencies, root } from './setup.mjs';
import { described, SHOWN_LINES } from './test-report.mjs';

const REPORTS = join(root, 'out/test');

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
  const path = join(REPORTS, `${project}.json`);
  rmSync(path, { force: true });
  const good = await step(project, process.execPath, [
    'node_modules/vitest/vitest.mjs',
    'run',
    ...['--project', project],
    ...['--reporter=default', '--reporter=./scripts/test-report.mjs', `--outputFile=${path}`],
  ]);
  return count(path, good);
}

/** What scripts/test-report.mjs wrote. A crash counts as one failure. */
function count(path, good) {
  let report = { passed: 0, failed: 0, skipped: 0, failures: [] };
  try {
    report = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    report.failures.push(`no report of the tests: ${path}`);
  }
  if (!good && report.failures.length === 0) report.failures.push(`vitest failed and does not say of what: ${path}`);
  failures.push(...report.failures);
  return { ...report, failed: report.failures.length };
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
      if (problem !== undefined) failures.push(described(`${script}: ${problem}`, [{ message: endOf(output) }]));
      resolve(problem === undefined);
    };
    child.once('error', (error) => end(error.message));
    child.once('close', (code) => end(code === 0 ? undefined : `code ${code}`));
  });
}

/** What a program said last names what it found. */
function endOf(output) {
  return Buffer.concat(output).toString().trim().split('\n').slice(-SHOWN_LINES).join('\n');
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

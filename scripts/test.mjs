// npm test: sets up, then lint, types, unit and end-to-end tests. The last line sums them; the exit code is honest.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build, checkNode, installDependencies, root } from './setup.mjs';

const REPORTS = join(root, 'out/test');

/** Debian packages that some tests need, and the program that shows that each is there. */
const TEST_PACKAGES = { 'redis-server': ['redis-server', 'valkey-server'], prometheus: ['promtool'] };

checkNode();
installDependencies();
build();
await installTestPrograms();

const npm = (script) => step(script, process.platform === 'win32' ? 'npm.cmd' : 'npm', ['run', '--silent', script]);
const total = { passed: 0, failed: 0, skipped: 0 };
for (const script of ['lint', 'typecheck']) if (!npm(script)) total.failed += 1;
for (const project of ['unit', 'e2e']) add(vitest(project));
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
process.stdout.write(`${total.passed} passed, ${total.failed} failed${skipped}\n`);
process.exitCode = total.failed > 0 ? 1 : 0;

async function installTestPrograms() {
  const { canInstallPackages, findProgram, installPackages } = await import('../dist/apps/cli/src/debian-packages.js');
  const absent = Object.keys(TEST_PACKAGES).filter((name) => findProgram(...TEST_PACKAGES[name]) === undefined);
  if (absent.length === 0) return;
  process.stderr.write(`Not on this machine: ${absent.join(', ')}\n`);
  const problem = canInstallPackages() ? installPackages(absent) : 'only root on Debian installs them here';
  if (problem !== undefined) process.stderr.write(`Tests that need them are skipped: ${problem}\n`);
}

function vitest(project) {
  const report = join(REPORTS, `${project}.json`);
  mkdirSync(REPORTS, { recursive: true });
  rmSync(report, { force: true });
  const options = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const good = step(project, process.execPath, [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--project',
    project,
    ...options,
  ]);
  return count(report, good);
}

/** Numbers of one vitest report. A run that failed without a failed test (a file that does not load, a crash) counts as one. */
function count(report, good) {
  let summary;
  try {
    summary = JSON.parse(readFileSync(report, 'utf8'));
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
  const unloaded = summary.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  );
  const failed = summary.numFailedTests + unloaded.length;
  return {
    passed: summary.numPassedTests,
    failed: failed === 0 && !good ? 1 : failed,
    skipped: summary.numPendingTests + (summary.numTodoTests ?? 0),
  };
}

function add(counts) {
  for (const key of Object.keys(total)) total[key] += counts[key];
}

function step(name, command, args) {
  process.stdout.write(`\n== ${name}\n`);
  const env = { ...process.env, STRIDE_PREBUILT: '1' };
  const { status, error } = spawnSync(command, args, { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit'] });
  if (error !== undefined) process.stderr.write(`${command} could not be started: ${error.message}\n`);
  if (status !== 0) process.stdout.write(`== ${name} failed\n`);
  return status === 0;
}

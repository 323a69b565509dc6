// Set-up before the first dependency exists: only node:* may be imported here.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

const LOCK = join(root, 'package-lock.json');
const INSTALLED = join(root, 'node_modules/.package-lock.json'); // npm writes it last
const STAMP = join(root, 'node_modules/.stride-lock-sha256');

/** Says what is wrong, without a stack, and ends with this code. */
export function fail(message, code = 1) {
  process.stderr.write(`${message}\n`);
  process.exit(code);
}

/** Ends with a clear message when this Node is too old. */
export function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  fail(`Stride needs Node 20.19 or later; this is ${process.versions.node}. See https://nodejs.org`);
}

/**
 * Ends with a clear message when no Redis can be had, which would else come to light minutes later: stride up
 * looks in the same places.
 */
export function checkRedis() {
  if (process.env.REDIS_URL || isOnPath('redis-server') || isOnPath('valkey-server')) return;
  const canInstall = process.getuid?.() === 0 && existsSync('/etc/debian_version') && isOnPath('apt-get');
  if (!canInstall) fail('no Redis server found; set REDIS_URL, or as root run: apt-get install redis-server');
}

/** Runs `npm ci` unless node_modules already holds what package-lock.json says. */
export function installDependencies() {
  const wanted = createHash('sha256').update(readFileSync(LOCK)).digest('hex');
  if (isInstalled(wanted)) return;
  process.stderr.write('Installing the dependencies (npm ci) ...\n');
  const npm = process.env.npm_execpath;
  const [command, args] = npm?.endsWith('.js') ? [process.execPath, [npm]] : ['npm', []];
  // onnxruntime's script only fetches CUDA libraries; npm before 11 does not know that package.json denies
  // it.
  run(command, [...args, 'ci', '--loglevel=error'], { ONNXRUNTIME_NODE_INSTALL: 'skip' });
  writeFileSync(STAMP, wanted);
}

/** Compiles what has changed since the last time; STRIDE_PREBUILT=1 says that the caller has just built. */
export function build() {
  const prebuilt = process.env.STRIDE_PREBUILT === '1';
  // it is meant for us: the services refuse variables that they do not know
  delete process.env.STRIDE_PREBUILT;
  if (prebuilt) return;
  process.stderr.write('Building ...\n');
  run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json']);
  run(process.execPath, ['node_modules/vite/bin/vite.js', 'build', 'apps/dashboard', '--logLevel', 'warn']);
}

function isOnPath(program) {
  return (process.env.PATH ?? '').split(delimiter).some((directory) => {
    try {
      accessSync(join(directory, program), constants.X_OK);
      return directory !== '';
    } catch {
      return false;
    }
  });
}

function isInstalled(wanted) {
  if (!existsSync(INSTALLED)) return false;
  if (existsSync(STAMP)) return readFileSync(STAMP, 'utf8') === wanted;
  if (statSync(INSTALLED).mtimeMs < statSync(LOCK).mtimeMs) return false;
  writeFileSync(STAMP, wanted); // installed by hand, after the lock file was written
  return true;
}

function run(command, args, env = {}) {
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 2, 2],
  });
  if (error !== undefined) fail(`${command} could not be started: ${error.message}`);
  if (status !== 0) fail(`failed: ${[command, ...args].join(' ')}`);
}

import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const POLICY = '/usr/sbin/policy-rc.d';
const LOCK_TIMEOUT = '-oDPkg::Lock::Timeout=300';

/** Full path of the first of these programs that is on the PATH, or undefined. */
export function findProgram(...names: readonly string[]): string | undefined {
  const directories = (process.env.PATH ?? '').split(delimiter).filter((directory) => directory !== '');
  for (const name of names) {
    const found = directories.map((directory) => join(directory, name)).find(isExecutable);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** True where packages can be installed without asking anybody: root on Debian or a system made from it. */
export function canInstallPackages(): boolean {
  return process.getuid?.() === 0 && existsSync('/etc/debian_version') && findProgram('apt-get') !== undefined;
}

/**
 * Installs Debian packages without starting the services they bring.
 * @returns undefined when all are installed, else what apt-get said last
 */
export function installPackages(packages: readonly string[]): string | undefined {
  if (!canInstallPackages()) return 'packages can only be installed by root on Debian';
  return withoutServices(() => {
    if (aptGet('install', ...packages) === undefined) return undefined;
    const updated = aptGet('update'); // a fresh container image has no package lists
    return updated ?? aptGet('install', ...packages);
  });
}

function aptGet(command: 'install' | 'update', ...packages: readonly string[]): string | undefined {
  const options = command === 'install' ? ['-y', '--no-install-recommends'] : [];
  const result = spawnSync('apt-get', [LOCK_TIMEOUT, command, ...options, ...packages], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  });
  if (result.status === 0) return undefined;
  return result.error?.message ?? lastLine(result.stderr) ?? `apt-get ${command} ended with ${result.status}`;
}

/** Debian starts the service of a freshly installed package, unless policy-rc.d answers 101 (forbidden). */
function withoutServices<T>(run: () => T): T {
  const ours = !existsSync(POLICY);
  if (ours) writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    return run();
  } finally {
    if (ours) rmSync(POLICY, { force: true });
  }
}

function lastLine(text: string): string | undefined {
  return text.trim().split('\n').at(-1) || undefined;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

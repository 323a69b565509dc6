import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../processes.js';

const FOLDER = join(root, 'out/clients');
const REQUIREMENTS = join(root, 'test/unmodified-clients/requirements.txt');
/** The last one that brings perf_analyzer along, for systems too old for the one of its own package. */
const BUNDLE = 'tritonclient==2.50.0';
const TENSORFLOW = 'tensorflow-cpu==2.21.0';

/** A program of others with what it needs from its environment, or why it cannot be run. */
type Program = { readonly command: string; readonly env: NodeJS.ProcessEnv } | { readonly missing: string };

class Failed extends Error {}

/** Python with the clients of requirements.txt, in an environment that is made once. */
export function pythonEnvironment(): Program {
  return orMissing(() => {
    const wanted = readFileSync(REQUIREMENTS, 'utf8');
    const stamp = join(FOLDER, 'requirements.txt');
    if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
      rmSync(FOLDER, { recursive: true, force: true });
      mkdirSync(FOLDER, { recursive: true });
      run('python3', ['-m', 'venv', join(FOLDER, 'python')]);
      pip('install', '--requirement', REQUIREMENTS);
      writeFileSync(stamp, wanted);
    }
    return { command: inPython('python'), env: {} };
  });
}

/** perf_analyzer from its own package, which needs glibc 2.38, or from the last client that brought one. */
export function perfAnalyzer(): Program {
  return orMissing(() => {
    pip('install', '--only-binary', ':all:', 'perf-analyzer');
    const own = inPython('perf_analyzer');
    if (existsSync(own) && spawnSync(own, ['--version']).status === 0) return { command: own, env: {} };
    return bundledAnalyzer();
  });
}

/** The folder of TensorFlow's Python package without CUDA, which has the C library, or why there is none. */
export function tensorflowFolder(): { readonly folder: string } | { readonly missing: string } {
  const target = join(FOLDER, TENSORFLOW);
  const made = orMissing(() => {
    if (!existsSync(target)) pip('install', '--no-deps', '--only-binary', ':all:', '--target', target, TENSORFLOW);
    return { command: '', env: {} };
  });
  return 'missing' in made ? made : { folder: join(target, 'tensorflow') };
}

function bundledAnalyzer(): Program {
  const folder = join(FOLDER, 'perf_analyzer');
  const [version] = BUNDLE.split('==').slice(1);
  const command = join(folder, `tritonclient-${version}.data/data/bin/perf_analyzer`);
  if (!existsSync(command)) {
    pip('download', '--no-deps', '--dest', folder, BUNDLE);
    pip('install', 'nvidia-cuda-runtime-cu12==12.9.79');
    unpackIn(folder, /^tritonclient.*\.whl$/, (file) => run(inPython('python'), ['-m', 'zipfile', '-e', file, folder]));
    run('apt-get', ['download', 'libb64-0d'], folder);
    unpackIn(folder, /^libb64.*\.deb$/, (file) => run('dpkg', ['-x', file, folder]));
    run('chmod', ['+x', command]);
  }
  const [packages = ''] = readdirSync(join(FOLDER, 'python/lib')).map((python) => join(FOLDER, 'python/lib', python));
  const libraries = [
    join(packages, 'site-packages/nvidia/cuda_runtime/lib'),
    ...readdirSync(join(folder, 'usr/lib')).map((architecture) => join(folder, 'usr/lib', architecture)),
  ];
  const env = { LD_LIBRARY_PATH: libraries.join(':') };
  run(command, ['--version'], folder, env);
  return { command, env };
}

function unpackIn(folder: string, name: RegExp, unpack: (file: string) => void): void {
  for (const file of readdirSync(folder)) if (name.test(file)) unpack(join(folder, file));
}

function pip(...args: string[]): void {
  run(inPython('python'), ['-m', 'pip', '--quiet', '--disable-pip-version-check', ...args]);
}

function inPython(command: string): string {
  return join(FOLDER, 'python/bin', command);
}

function run(command: string, args: readonly string[], cwd: string = root, env: NodeJS.ProcessEnv = {}): void {
  const { status, stderr, error } = spawnSync(command, args, {
    cwd,
    env: { ...process.env, ...env },
    encoding: 'utf8',
  });
  if (status !== 0)
    throw new Failed(`${[command, ...args].join(' ')}: ${error?.message ?? stderr.trim().split('\n').at(-1)}`);
}

function orMissing(find: () => Program): Program {
  try {
    return find();
  } catch (error) {
    if (error instanceof Failed) return { missing: error.message };
    throw error;
  }
}

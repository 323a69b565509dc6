import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { root } from '../processes.js';
import { pythonEnvironment, tensorflowFolder } from './python-environment.js';

const LIMIT_MS = 15 * 60_000;
const Report = z.object({
  numFailedTests: z.int(),
  testResults: z.array(z.object({ assertionResults: z.array(z.object({ fullName: z.string(), status: z.string() })) })),
});

const python = pythonEnvironment();
const library = 'missing' in python ? python : tensorflowFolder();
if ('missing' in library) process.stderr.write(`TensorFlow's C library is not tried: ${library.missing}\n`);

describe.skipIf('missing' in library)("@tensorflow/tfjs-node-gpu, built against TensorFlow's C library,", () => {
  const directory = mkdtempSync(join(tmpdir(), 'stride-tensorflow-'));
  afterAll(() => {
    // other tests choose what is there
    rmSync(join(root, 'node_modules/@tensorflow/tfjs-node-gpu'), { recursive: true, force: true });
    rmSync(directory, { recursive: true });
  });

  const run = (command: string, args: readonly string[]) => {
    const env = { ...process.env, STRIDE_PREBUILT: '1', TF_CPP_MIN_LOG_LEVEL: '2' };
    const { status, stdout, stderr } = spawnSync(command, args, { cwd: root, env, encoding: 'utf8' });
    if (status !== 0) throw new Error(`${[command, ...args].join(' ')} ended with ${status}:\n${stdout}${stderr}`);
    return stdout;
  };
  /** Names of the tests of a project that passed. */
  const passed = (project: string, files: string) => {
    const report = join(directory, `${project}.json`);
    run('npx', ['vitest', 'run', '--project', project, files, '--reporter=json', `--outputFile=${report}`]);
    const { testResults } = Report.parse(JSON.parse(readFileSync(report, 'utf8')));
    const all = testResults.flatMap(({ assertionResults }) => assertionResults);
    return all.filter(({ status }) => status === 'passed').map(({ fullName }) => fullName);
  };

  it(
    'computes what the reference network does, says what it runs on, and keeps the contract of backends',
    () => {
      const { folder } = z.object({ folder: z.string() }).parse(library);
      expect(run('npm', ['run', '--silent', 'gpu:tfjs', '--', '--library', folder])).toMatch(
        /works: TensorFlow [\d.]+, CPU.*STRIDE_BACKEND=tfjs STRIDE_PROVIDER=node/s,
      );
      const contract = passed('unit', 'libs/tfjs');
      const ofOthers = contract.filter((name) => name.startsWith('TensorFlow.js on wasm'));
      expect(ofOthers.length).toBeGreaterThan(0);
      expect(contract).toEqual(expect.arrayContaining(ofOthers.map((name) => name.replace(' wasm ', ' node '))));
      expect(passed('e2e', 'test/e2e/tensorflow.spec.ts')).toHaveLength(1); // workers prefer it
    },
    LIMIT_MS,
  );
});

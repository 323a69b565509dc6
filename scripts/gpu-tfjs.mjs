// npm run gpu:tfjs -- --library DIR: builds the binding of @tensorflow/tfjs-node-gpu against a TensorFlow C
// library that is on this machine, since the hosts that its own install script asks have none any more. Then
// compares a macro-step with the reference network, and says what it runs on.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { build, checkNode, fail, installDependencies, root } from './setup.mjs';

const USAGE = `usage: npm run gpu:tfjs -- --library DIR
  DIR   the folder "tensorflow" of Python's package of that name (pip install "tensorflow[and-cuda]", or
        tensorflow-cpu), or a libtensorflow folder with lib/ and include/`;
const PACKAGE = '@tensorflow/tfjs-node-gpu';
const FOLDER = join(root, 'node_modules', PACKAGE);
const NAPI_VERSION = 8;
/** What the linker asks for, and the files that have it: of Python's packages, and of libtensorflow. */
const LIBRARIES = {
  'libtensorflow.so': ['libtensorflow_cc.so.2', 'libtensorflow.so.2', 'libtensorflow.so'],
  'libtensorflow_framework.so': ['libtensorflow_framework.so.2', 'libtensorflow_framework.so'],
};

checkNode();
const library = findLibrary(readDirectory());
for (const program of ['make', 'g++', 'python3'])
  if (spawnSync(program, ['--version']).status !== 0)
    fail(`${program} is needed to build; on Debian, as root: apt-get install make g++ python3`);
process.chdir(root);
installDependencies();
build();
installPackage();
buildBinding(library);
await verify();

function readDirectory() {
  try {
    const { values } = parseArgs({ options: { library: { type: 'string' } } });
    if (values.library !== undefined) return resolve(process.env.INIT_CWD ?? '.', values.library);
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
  }
  return fail(USAGE, 2);
}

/** Where the shared libraries and the headers are. */
function findLibrary(directory) {
  const [lib = fail(`no ${LIBRARIES['libtensorflow.so'].join(' or ')} in ${directory} or its lib/\n${USAGE}`)] = [
    directory,
    join(directory, 'lib'),
  ].filter((folder) => Object.values(LIBRARIES).every((names) => fileOf(folder, names) !== undefined));
  const header = 'tensorflow/c/c_api.h';
  const [include = fail(`no include/${header} in ${directory}\n${USAGE}`)] = [join(directory, 'include')].filter(
    (folder) => existsSync(join(folder, header)),
  );
  return { lib, include };
}

function fileOf(folder, names) {
  return names.map((name) => join(folder, name)).find((path) => existsSync(path));
}

/** The package alone: its own script would ask for files that are no longer there. */
function installPackage() {
  if (existsSync(FOLDER)) return;
  const { optionalDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const options = ['--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  run('npm', ['install', ...options, `${PACKAGE}@${optionalDependencies[PACKAGE]}`]);
}

function buildBinding({ lib, include }) {
  const links = join(FOLDER, 'build-links');
  for (const path of [join(FOLDER, 'deps'), links]) rmSync(path, { recursive: true, force: true });
  for (const path of [join(FOLDER, 'deps'), links]) mkdirSync(path);
  // A folder that is a link: what the libraries look for beside themselves, they find.
  symlinkSync(lib, join(FOLDER, 'deps/lib'));
  symlinkSync(include, join(FOLDER, 'deps/include'));
  for (const [name, files] of Object.entries(LIBRARIES)) symlinkSync(fileOf(lib, files), join(links, name));
  const variables = {
    module_name: 'tfjs_binding',
    module_path: join(FOLDER, `lib/napi-v${NAPI_VERSION}`),
    napi_build_version: NAPI_VERSION,
    nodedir: dirname(dirname(process.execPath)), // its headers are there, and need no download
  };
  const flags = Object.entries(variables).map(([name, value]) => `--${name}=${value}`);
  run(process.execPath, [nodeGyp(), 'rebuild', ...flags], { cwd: FOLDER, env: { LDFLAGS: `-L${links}` } });
}

/** npm brings one along. */
function nodeGyp() {
  const npm = dirname(dirname(process.env.npm_execpath ?? fail('run it by npm: npm run gpu:tfjs')));
  return join(npm, 'node_modules/node-gyp/bin/node-gyp.js');
}

async function verify() {
  const { createBackend } = await import('../dist/libs/tfjs/src/backend.js');
  const { initialParameters } = await import('../dist/libs/ddim/src/index.js');
  const backend = await createBackend({ providers: ['gpu', 'node'] });
  const network = { hiddenSize: 64, numLayers: 2, numTrainTimesteps: 100, predictionType: 'epsilon' };
  const config = { obsSize: 5, actionDim: 2, actionHorizon: 8, preconditioning: 'none', ...network };
  const model = { version: 'trial@1', config, parameters: initialParameters(config, 1) };
  const { batchInvariant } = await backend.load(model, 'float32'); // compares it with the reference network
  const { provider, device, rejected } = backend.info;
  for (const { provider: name, reason } of rejected) process.stdout.write(`not on ${name}: ${reason}\n`);
  process.stdout.write(`${PACKAGE} works: ${device}; macro-steps are those of the reference network\n`);
  const bytes = batchInvariant ? 'has' : 'need not have';
  process.stdout.write(`a row ${bytes} the same bytes in another batch\n`);
  process.stdout.write(`workers use it with STRIDE_BACKEND=tfjs STRIDE_PROVIDER=${provider}\n`);
  await backend.close();
}

function run(command, args, { cwd = root, env = {} } = {}) {
  const { status, error } = spawnSync(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 2, 2] });
  if (error !== undefined) fail(`${command} could not be started: ${error.message}`);
  if (status !== 0) fail(`failed: ${[command, ...args].join(' ')}`);
}

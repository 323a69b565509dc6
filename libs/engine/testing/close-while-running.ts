/**
 * Closes an engine while its threads are inside native code, then lets the process end by itself. Arguments:
 * a backend module, its provider.
 */
import { outputSize } from '#ddim';
import { Engine } from '../src/engine.js';
import { tinyModel, tinyRequest, TINY_CONFIG } from './requests.js';

const [, , backendModule, provider] = process.argv;
const config = { ...TINY_CONFIG, actionDim: 64, actionHorizon: 8, hiddenSize: 128, numLayers: 3 };
const engine = await Engine.start({
  backendModule,
  backend: { providers: [provider] },
  threads: 2,
  maxBatchRows: 64,
  modelMemoryBytes: 2 ** 30,
  loadModel: (version) => Promise.resolve(tinyModel(version, config)),
});
const request = tinyRequest({ config, rows: 200, priority: 'bulk', options: { numInferenceSteps: 250 } });
const ended = engine.submit(request).catch((error: unknown) => error);
while (engine.stats().threads.some(({ macroSteps }) => macroSteps === 0)) await new Promise(setImmediate);
await engine.close();
const error = await ended;
if (error instanceof Error && error.message.includes('shutdown') && outputSize(config) === 512) console.log('closed');

import { extname } from 'node:path';
import { compiledModuleUrl } from '../engine/compiled-module.js';

export { buildEncodeGraph } from './encode-graph.js';
export {
  GraphBuilder,
  type Attribute,
  type Attributes,
  type Dimension,
  type ElementType,
  type Value,
} from './graph-builder.js';
export { probeImported } from './imported-probe.js';
export { probeInt8, type Int8ProbeOptions, type Int8Question } from './int8-probe.js';
export { type ImportedTrialResult, type ImportedTrialSettings } from './imported-trial.js';
export { buildMacroStepGraph, type MacroStepVariant } from './macro-step-graph.js';
export { buildSamplerGraph } from './sampler-graph.js';
export { type ProbeLimits } from './probe-process.js';
export { addMlpEncoder, addMlpPredict, addMlpWeights, type MlpWeights } from './mlp-graph.js';
export { detectProviders, type ProviderStatus } from './providers.js';

/** Compiled file of the sampling backend: what engine threads import. */
export const onnxBackendModule: string = compiledUrl('backend');

/** Compiled file of the training backend: what the training thread imports. */
export const onnxTrainBackendModule: string = compiledUrl('train-backend');

function compiledUrl(module: string): string {
  return compiledModuleUrl(new URL(`./${module}${extname(import.meta.url)}`, import.meta.url)).href;
}

export { onnxBackendModule, onnxTrainBackendModule } from './backend-modules.js';
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

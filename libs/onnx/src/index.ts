export { onnx, onnxBackendModule, onnxTrainBackendModule } from './backend-modules.js';
export { GraphBuilder } from './graph/graph-builder.js';
export { probeImported } from './probe/imported-probe.js';
export { probeInt8 } from './probe/int8-probe.js';
export { buildSamplerGraph } from './sampling/sampler-graph.js';
export { addMlpPredict, addMlpWeights } from './graph/mlp-graph.js';
export { detectProviders } from './runtime/providers.js';

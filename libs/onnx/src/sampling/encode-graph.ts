import type { DenoiserParameters, MlpDenoiserConfig } from '#ddim';
import { GraphBuilder } from '../graph/graph-builder.js';
import { addMlpEncoder } from '../graph/mlp-graph.js';

/**
 * The graph that encodes observations once per distinct observation: `observations` [N,obsSize], normalised,
 * to `conditions` [N,H].
 * @returns .onnx bytes; obsSize must be at least 1 (an unconditional model has nothing to encode)
 * @throws ModelLoadError when a tensor is missing
 */
export function buildEncodeGraph(config: MlpDenoiserConfig, parameters: DenoiserParameters): Uint8Array {
  const graph = new GraphBuilder('encode');
  const observations = graph.input('observations', 'float32', ['N', config.obsSize]);
  const conditions = addMlpEncoder(graph, config, parameters, observations);
  graph.output('conditions', conditions, 'float32', ['N', config.hiddenSize]);
  return graph.encode();
}

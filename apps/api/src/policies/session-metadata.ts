import type { SessionMemory } from './session-memory.js';

/** What a client is told of its session before it sends anything, in the style of openpi's names. */
export function sessionMetadata({ record, policy, settings, seed, fps }: SessionMemory, maxFrameBytes: number) {
  const { config, sampling, name, version } = record;
  return {
    server: 'stride',
    model: `${name}@${version}`,
    observation_size: config.obsSize,
    observation_keys: policy.observationKeys,
    unknown_keys: policy.unknownKeys,
    action_horizon: config.actionHorizon,
    action_dim: config.actionDim,
    action_names: policy.actionNames,
    action_units: policy.actionUnits,
    normalization: 'none: observations and actions are in the units of the training data',
    fps,
    steps: settings.steps ?? sampling.numInferenceSteps,
    seed: BigInt(seed),
    max_frame_bytes: maxFrameBytes,
  };
}

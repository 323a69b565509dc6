import { post, TRAINING, training, vf, type BadInput } from './bad-input.js';

export const trainingRequests: readonly BadInput[] = [
  ['an unknown dataset', training({ dataset: 'nobody' }), 404, 'dataset_not_found', 'dataset'],
  ...[0, -1, 1e9].map((value): BadInput => [
    `rate ${value}`,
    training({ training: { learningRate: value } }),
    ...vf('training.learningRate'),
  ]),
  [
    'rate NaN',
    post(TRAINING, '{"model":"new","dataset":"pairs","training":{"learningRate":NaN}}'),
    400,
    'invalid_json',
  ],
  ...[0, 1e7].map((value): BadInput => [
    `batch ${value}`,
    training({ training: { batchSize: value } }),
    ...vf('training.batchSize'),
  ]),
  ['1e9 steps', training({ training: { steps: 1e9 } }), ...vf('training.steps')],
  ...[1, 2].map((value): BadInput => [
    `EMA ${value}`,
    training({ training: { emaMaxDecay: value } }),
    ...vf('training.emaMaxDecay'),
  ]),
  ['an odd hiddenSize', training({ network: { hiddenSize: 33 } }), ...vf('network.hiddenSize')],
  [
    'a network that no worker holds',
    training({ network: { hiddenSize: 4096, numLayers: 32 } }),
    422,
    'limit_exceeded',
    'network.hiddenSize',
  ],
  [
    'a batch that no worker holds',
    training({ network: { hiddenSize: 1024, numLayers: 8 }, training: { batchSize: 65_536 } }),
    422,
    'limit_exceeded',
    'training.batchSize',
  ],
  ['an unknown preset', training({ preset: 'fast' }), ...vf('preset')],
  [
    'more inference steps than timesteps',
    training({ diffusion: { numInferenceSteps: 500 } }),
    ...vf('diffusion.numInferenceSteps'),
  ],
  [
    'defaults that divide by zero',
    training({ diffusion: { rescaleBetasZeroSnr: true, timestepSpacing: 'trailing', predictionType: 'epsilon' } }),
    422,
    'epsilon_at_zero_snr',
  ],
  ['an initial model of another architecture', training({ initFrom: 'tiny' }), 409, 'checkpoint_mismatch', 'initFrom'],
  ['an unknown initial model', training({ initFrom: 'nobody' }), 404, 'model_not_found'],
  ['a webhook', training({ webhook: 'https://example.com/hook' }), ...vf('webhook')],
];

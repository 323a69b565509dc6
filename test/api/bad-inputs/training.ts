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
  ['a name too many of a step', training({ policy: { actionNames: ['x', 'y', 'z'] } }), ...vf('policy.actionNames')],
  ['a policy of unknown words', training({ policy: { speed: 1 } }), 422, 'unknown_field', 'policy.speed'],
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
  ...(
    [
      ['earlyStopping.patience', { earlyStopping: { patience: 0 } }],
      ['earlyStopping.patience', { earlyStopping: {} }],
      ['earlyStopping.minDelta', { earlyStopping: { patience: 1, minDelta: -1 } }],
      ['earlyStopping', { earlyStopping: { patience: 1 }, validationFraction: 0 }],
      ['keepBest', { keepBest: true, validationFraction: 0 }],
      ['keepBest', { keepBest: 1 }],
      ['sampleEvery', { sampleEvery: 0 }],
      ['sampleEvery', { steps: 1_000, sampleEvery: 9 }],
    ] as const
  ).map(([field, settings]): BadInput => [
    `training ${JSON.stringify(settings)}`,
    training({ training: settings }),
    ...vf(`training.${field}`),
  ]),
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
  ...(
    [
      ['network.hiddenSize', { network: { hiddenSize: 32 } }],
      ['network.numLayers', { network: { numLayers: 2 } }],
      ['network.preconditioning', { network: { preconditioning: 'edm' }, diffusion: { predictionType: 'sample' } }],
      ['network.sigmaSkip', { network: { sigmaSkip: 0.5 } }],
      ['diffusion.numTrainTimesteps', { diffusion: { numTrainTimesteps: 50 } }],
      ['diffusion.predictionType', { diffusion: { predictionType: 'v_prediction' } }],
    ] as const
  ).map(([path, change]): BadInput => [
    `an initial model of another ${path}`,
    training({ initFrom: 'tiny', ...change }),
    ...vf(path),
  ]),
  ...['initFrom', 'preset', 'network', 'priority', 'webhook'].map((field): BadInput => [
    `null as ${field}`,
    training({ [field]: null }),
    ...vf(field),
  ]),
  ...['seed', 'steps'].map((field): BadInput => [
    `null as training.${field}`,
    training({ training: { [field]: null } }),
    ...vf(`training.${field}`),
  ]),
  ['an unknown initial model', training({ initFrom: 'nobody' }), 404, 'model_not_found'],
];

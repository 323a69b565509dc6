import { checkImportedModel, InputError } from '#ddim';
import { ImportConfig, resolveImportConfig } from '#contract';
import { outcomeOf, type FuzzTarget } from '../target.js';

const sizes = { obsSize: 3, actionHorizon: 2, actionDim: 2 };
const seed = (config: object) => Buffer.from(JSON.stringify({ ...sizes, ...config }));

class Refusal extends Error {
  readonly code = 'refused';
}

/** Whatever JSON says is a model whose settings fit together, or refused in words of ours. */
export const target: FuzzTarget = {
  seeds: [
    seed({ diffusion: { numTrainTimesteps: 100, betaSchedule: 'squaredcos_cap_v2', predictionType: 'epsilon' } }),
    seed({
      diffusion: {
        numTrainTimesteps: 50,
        betaSchedule: 'linear',
        predictionType: 'sample',
        betaStart: 0.001,
        eta: 0.5,
      },
      actionNormalizer: { scale: [1, 2], offset: 0 },
      nullCondition: 0,
    }),
    seed({
      diffusion: {
        _class_name: 'DDPMScheduler',
        num_train_timesteps: 100,
        beta_schedule: 'squaredcos_cap_v2',
        thresholding: true,
        trained_betas: null,
        variance_type: 'fixed_small',
      },
    }),
  ],
  dictionary: [
    '"trained_betas":',
    '"clip_sample":false',
    '1e308',
    '-0',
    'null',
    '{"length":1}',
    '"__proto__":',
    '"thresholding":{',
  ],
  run: (input) =>
    outcomeOf(
      () => {
        const { success, data, error } = ImportConfig.safeParse(parseJson(input));
        if (!success) throw new Refusal(error.issues[0]?.message ?? '');
        checkImportedModel(resolveImportConfig(data));
      },
      (error) => error instanceof InputError || error instanceof Refusal,
    ),
};

function parseJson(input: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(input).toString());
  } catch (cause) {
    throw new Refusal('not JSON', { cause });
  }
}

import { describe, expect, it } from 'vitest';
import { checkImportedModel, planForModel, samplingOptions } from '#ddim';
import { ImportConfig, importWarnings, resolveImportConfig } from './model-import.js';

const least = {
  obsSize: 3,
  actionHorizon: 4,
  actionDim: 2,
  diffusion: { numTrainTimesteps: 100, betaSchedule: 'squaredcos_cap_v2', predictionType: 'epsilon' },
};
const settings = (more: object = {}) => resolveImportConfig(ImportConfig.parse({ ...least, ...more }));
const withDiffusion = (more: object) => ({ ...least, diffusion: { ...least.diffusion, ...more } });

describe('importWarnings', () => {
  const warnings = (more: object) => importWarnings(ImportConfig.parse({ ...least, ...more }));
  const zScore = { actionNormalizer: { scale: 0.2, offset: -0.1 } };

  it('speak of a range for clipping that nobody chose, with or without a normaliser', () => {
    expect(warnings({})).toMatchObject([
      { code: 'range_clipped', message: expect.stringContaining('no actionNormalizer') },
    ]);
    expect(warnings(zScore)).toMatchObject([{ code: 'range_clipped' }]);
  });

  it.each([{ clipSample: false }, { clipSample: true }, { clipSampleRange: 5 }])(
    'are quiet where %j was chosen',
    (chosen) => {
      expect(warnings({ ...zScore, diffusion: { ...least.diffusion, ...chosen } })).toEqual([]);
    },
  );
});

describe('ImportConfig', () => {
  it('fills in what does not decide the result, and leaves units alone', () => {
    expect(settings()).toEqual({
      config: {
        obsSize: 3,
        actionHorizon: 4,
        actionDim: 2,
        numTrainTimesteps: 100,
        predictionType: 'epsilon',
        preconditioning: 'none',
      },
      schedule: {
        numTrainTimesteps: 100,
        betaSchedule: 'squaredcos_cap_v2',
        betaStart: 1e-4,
        betaEnd: 0.02,
        rescaleBetasZeroSnr: false,
        setAlphaToOne: true,
      },
      sampling: {
        numInferenceSteps: 10,
        timestepSpacing: 'trailing',
        eta: 0,
        clipSample: true,
        clipSampleRange: 1,
        thresholding: null,
        useClippedModelOutput: false,
      },
      observationNormalizer: { scale: Float32Array.of(1, 1, 1), offset: new Float32Array(3) },
      actionNormalizer: { scale: Float32Array.of(1, 1), offset: new Float32Array(2) },
    });
    expect(() => checkImportedModel(settings())).not.toThrow();
  });

  it('keeps Edifice’s conventions as a default of sampling', () => {
    const { sampling } = resolveImportConfig(ImportConfig.parse(withDiffusion({ compat: 'edifice' })));
    expect(sampling.compat).toBe('edifice');
  });

  it('keeps every default of sampling that is given', () => {
    const given = { eta: 1, thresholding: { ratio: 0.9, maxValue: 2 }, useClippedModelOutput: true, stepsOffset: 1 };
    const { sampling } = resolveImportConfig(
      ImportConfig.parse(withDiffusion({ timestepSpacing: 'leading', ...given })),
    );
    expect(sampling).toMatchObject({ timestepSpacing: 'leading', ...given });
  });

  it('lets one number stand for all dimensions', () => {
    const { nullCondition, actionNormalizer } = settings({
      nullCondition: 0.5,
      actionNormalizer: { scale: 2, offset: [1, -1] },
    });
    expect(nullCondition).toEqual([0.5, 0.5, 0.5]);
    expect(actionNormalizer).toEqual({ scale: Float32Array.of(2, 2), offset: Float32Array.of(1, -1) });
  });

  it.each([
    ['an unknown field', { ...least, layers: 3 }, ''],
    ['an unknown field inside', withDiffusion({ layers: 1 }), 'diffusion'],
    ['no number of timesteps', withDiffusion({ numTrainTimesteps: undefined }), 'diffusion.numTrainTimesteps'],
    ['no schedule', withDiffusion({ betaSchedule: null }), 'diffusion.betaSchedule'],
    ['no prediction type', withDiffusion({ predictionType: undefined }), 'diffusion.predictionType'],
    ['more steps than timesteps', withDiffusion({ numInferenceSteps: 101 }), 'diffusion.numInferenceSteps'],
    ['betas of another number', withDiffusion({ trainedBetas: [0.1, 0.2] }), 'diffusion.trainedBetas'],
    ['a formula that is not used', withDiffusion({ betaStart: 0.1 }), 'diffusion.betaStart'],
    ['sigmas without edm', withDiffusion({ sigmaData: 0.5 }), 'diffusion.sigmaData'],
    ['edm that predicts noise', withDiffusion({ preconditioning: 'edm' }), 'diffusion.preconditioning'],
    ['a range without clipping', withDiffusion({ clipSample: false, clipSampleRange: 2 }), 'diffusion.clipSampleRange'],
    ['half a dimension', { ...least, actionDim: 1.5 }, 'actionDim'],
  ])('refuses %s, naming it', (_, config, path) => {
    const { error } = ImportConfig.safeParse(config);
    expect(error?.issues.map((issue) => issue.path.join('.'))).toContain(path);
  });

  it.each([
    [
      'a normaliser of another size',
      { actionNormalizer: { scale: [1], offset: 0 } },
      'shape_mismatch',
      'actionNormalizer',
    ],
    ['a scale of 0', { observationNormalizer: { scale: 0, offset: 0 } }, 'validation_failed', 'observationNormalizer'],
    [
      'a scale beyond float32',
      { actionNormalizer: { scale: 1e39, offset: 0 } },
      'non_finite_input',
      'actionNormalizer',
    ],
    ['a null condition of another size', { nullCondition: [1] }, 'shape_mismatch', 'nullCondition'],
    ['a null condition without a condition', { obsSize: 0, nullCondition: [] }, 'validation_failed', 'nullCondition'],
    [
      'noise prediction where there is no signal',
      withDiffusion({ rescaleBetasZeroSnr: true }),
      'epsilon_at_zero_snr',
      'predictionType',
    ],
    [
      'edm without its sigmas',
      withDiffusion({ predictionType: 'sample', preconditioning: 'edm' }),
      'validation_failed',
      'sigmaData',
    ],
    ['a row too long', { actionHorizon: 2_000, actionDim: 2_000 }, 'validation_failed', 'actionHorizon'],
  ])('does not fit together with %s', (_, more, code, field) => {
    expect(() => checkImportedModel(settings(more))).toThrow(
      expect.objectContaining({ code, field: expect.stringContaining(field) }),
    );
  });

  it('makes a model guidable by its null condition alone', () => {
    const guided = samplingOptions({ numInferenceSteps: 5, guidanceScale: 2 });
    expect(planForModel(settings({ nullCondition: 0 }), guided).timesteps).toHaveLength(5);
    expect(() => planForModel(settings(), guided)).toThrow(expect.objectContaining({ code: 'model_not_guidable' }));
  });

  /**
   * As `DDIMScheduler(beta_schedule='squaredcos_cap_v2', num_train_timesteps=100).save_pretrained` of
   * diffusers 0.35.1 writes it.
   */
  const ddim = {
    _class_name: 'DDIMScheduler',
    _diffusers_version: '0.35.1',
    beta_end: 0.02,
    beta_schedule: 'squaredcos_cap_v2',
    beta_start: 0.0001,
    clip_sample: true,
    clip_sample_range: 1.0,
    dynamic_thresholding_ratio: 0.995,
    num_train_timesteps: 100,
    prediction_type: 'epsilon',
    rescale_betas_zero_snr: false,
    sample_max_value: 1.0,
    set_alpha_to_one: true,
    steps_offset: 0,
    thresholding: false,
    timestep_spacing: 'leading',
    trained_betas: null,
  };
  const { set_alpha_to_one: _setAlphaToOne, ...both } = ddim;
  const ddpm = { ...both, _class_name: 'DDPMScheduler', variance_type: 'fixed_small' };
  const diffusers = (more: object = {}, scheduler: object = ddim) =>
    resolveImportConfig(ImportConfig.parse({ ...least, diffusion: { ...scheduler, ...more } }));

  it.each([
    ['DDIM', ddim],
    ['DDPM', ddpm],
    [
      'with little in it, from an old release',
      { _class_name: 'DDIMScheduler', num_train_timesteps: 100, beta_schedule: 'squaredcos_cap_v2' },
    ],
  ])('takes the scheduler_config.json of diffusers: %s', (_, scheduler) => {
    const ours = settings({ diffusion: { ...least.diffusion, timestepSpacing: 'leading', stepsOffset: 0 } });
    expect(diffusers({}, scheduler)).toEqual(ours);
  });

  it('takes each field of diffusers as its own', () => {
    const { schedule, sampling, config } = diffusers({
      num_train_timesteps: 2,
      beta_schedule: 'scaled_linear',
      beta_start: 0.00085,
      beta_end: 0.012,
      prediction_type: 'v_prediction',
      clip_sample: false,
      thresholding: true,
      dynamic_thresholding_ratio: 0.9,
      sample_max_value: 2,
      steps_offset: 1,
      set_alpha_to_one: false,
      rescale_betas_zero_snr: true,
    });
    expect(config).toMatchObject({ numTrainTimesteps: 2, predictionType: 'v_prediction' });
    expect(schedule).toMatchObject({ betaSchedule: 'scaled_linear', betaStart: 0.00085, betaEnd: 0.012 });
    expect(schedule).toMatchObject({ setAlphaToOne: false, rescaleBetasZeroSnr: true });
    expect(sampling).toMatchObject({ clipSample: false, thresholding: { ratio: 0.9, maxValue: 2 }, stepsOffset: 1 });
    const { schedule: trained } = diffusers({ num_train_timesteps: 2, trained_betas: [0.1, 0.2] });
    expect(trained.trainedBetas).toEqual([0.1, 0.2]);
    expect(diffusers({ timestep_spacing: 'trailing', steps_offset: 1 }).sampling).not.toHaveProperty('stepsOffset');
  });

  it.each([
    ['another scheduler', { _class_name: 'EulerDiscreteScheduler' }, 'diffusion._class_name'],
    ['a learned variance', { variance_type: 'learned_range' }, 'diffusion.variance_type'],
    ['another schedule', { beta_schedule: 'sigmoid' }, 'diffusion.beta_schedule'],
    ['another spacing', { timestep_spacing: 'karras' }, 'diffusion.timestep_spacing'],
    ['another prediction', { prediction_type: 'flow' }, 'diffusion.predictionType'],
    ['a field that it does not know', { use_karras_sigmas: true }, 'diffusion.use_karras_sigmas'],
    ['a field of ours among them', { numInferenceSteps: 7 }, 'diffusion.numInferenceSteps'],
  ])('refuses of diffusers %s, naming it', (_, more, path) => {
    const { error } = ImportConfig.safeParse({ ...least, diffusion: { ...ddim, ...more } });
    expect(error?.issues.map((issue) => issue.path.join('.'))).toContain(path);
  });
});

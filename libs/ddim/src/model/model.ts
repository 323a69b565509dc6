import { check, checkLength, checkWithin } from '../checks.js';
import {
  checkParameters,
  parameterShapes,
  TENSORS_PER_BLOCK,
  type DenoiserConfig,
  type DenoiserParameters,
} from '../network/denoiser.js';
import { InputError } from '../errors.js';
import type { ImportedModelSettings } from './imported-model.js';
import { formatModelSettings, parseModelSettings, type ModelSettings } from './model-settings.js';
import { validateModel } from '../network/model-validation.js';
import type { NamedTensor } from './named-tensor.js';
import type { Normalizer, Numbers } from '../math/normalizer.js';
import { normalizerFromTensors, normalizerTensors } from './normalizer-tensors.js';
import { checkSamplingOptions, samplingOptions, type SamplingOptions } from '../math/sampling-options.js';
import type { OutputForm } from '../math/output-form.js';
import { PlanCache } from '../math/plan-cache.js';
import type { NoiseScheduleConfig } from '../math/schedule.js';
import type { StepPlan } from '../math/step-plan.js';
import { RANGES, type SamplingMode } from '../vocabulary.js';

/** A trained model: everything that sampling needs. Normalisers: [obsSize] and [actionDim]. */
export interface DdimModel extends ModelSettings {
  readonly observationNormalizer: Normalizer;
  readonly actionNormalizer: Normalizer;
  readonly parameters: DenoiserParameters;
}

/**
 * What plans depend on. An imported denoiser names its null condition, one of our own models was trained with
 * it.
 */
type PlannableModel = GuidableModel & { readonly schedule: NoiseScheduleConfig };

type GuidableModel = { readonly config: OutputForm & Pick<DenoiserConfig, 'obsSize'> } & (
  Pick<ModelSettings, 'conditionDropout'> | Pick<ImportedModelSettings, 'nullCondition'>
);

/** About 2,000 plans of 50 steps. */
const plans = new PlanCache(8 * 2 ** 20);

/** The arrays of a model by name (not copied), and the rest as JSON in `metadata.stride`. */
export function modelToTensors(model: DdimModel): { tensors: NamedTensor[]; metadata: Record<string, string> } {
  checkParameters(model.config, model.parameters);
  const parameters = parameterShapes(model.config).flatMap(({ name, shape }) => {
    const data = model.parameters.get(name);
    return data ? [{ name, shape, data }] : [];
  });
  const normalizers = [
    ...normalizerTensors('observation_normalizer', model.observationNormalizer),
    ...normalizerTensors('action_normalizer', model.actionNormalizer),
  ];
  return { tensors: [...normalizers, ...parameters], metadata: { stride: formatModelSettings(model) } };
}

/**
 * The inverse of modelToTensors; tensors it does not know are left alone. Arrays are not copied.
 * @throws InputError `unsupported_format` (metadata), `validation_failed` (settings), `shape_mismatch` or
 * `non_finite_input`, naming the field or tensor
 */
export function modelFromTensors(tensors: readonly NamedTensor[], metadata: Record<string, string>): DdimModel {
  const settings = parseModelSettings(metadata['stride']);
  const { config, schedule } = settings;
  const { errors } = validateModel(config, schedule);
  if (errors.length > 0) throw new InputError('validation_failed', errors.join('; '), { field: 'config' });
  const most = Math.floor(tensors.length / TENSORS_PER_BLOCK);
  check(
    config.numLayers <= most,
    'numLayers',
    config.numLayers,
    `at most ${most}, as there are ${tensors.length} tensors`,
  );
  checkSamplingOptions(samplingOptions(settings.sampling), config.numTrainTimesteps);
  checkWithin('conditionDropout', settings.conditionDropout, RANGES.conditionDropout);
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  const parameters = new Map(
    parameterShapes(config).map(({ name, shape }) => [name, takeParameter(byName, name, shape)] as const),
  );
  return {
    ...settings,
    observationNormalizer: takeNormalizer(byName, 'observation_normalizer', config.obsSize),
    actionNormalizer: takeNormalizer(byName, 'action_normalizer', config.actionDim),
    parameters,
  };
}

/**
 * The plan of a sampling request to a model, or the InputError that says why the model cannot run it.
 * @throws InputError `model_not_guidable`, `epsilon_at_zero_snr` or `validation_failed`
 */
export function planForModel(model: PlannableModel, options: SamplingOptions, mode: SamplingMode = 'sample'): StepPlan {
  if (mode === 'interpolate') check(options.eta === 0, 'eta', options.eta, '0 for mode interpolate');
  const plan = admittedPlan(model, options, mode);
  if (options.guidanceScale !== 1 && !isGuidable(model)) {
    const kind = 'conditionDropout' in model ? 'trained without condition dropout' : 'without a null condition';
    throw new InputError(
      'model_not_guidable',
      `guidanceScale must be 1 for a model ${kind}, got ${options.guidanceScale}`,
      { field: 'guidanceScale' },
    );
  }
  return plan;
}

/** The plan of what planForModel has judged before, perhaps elsewhere. Equal requests share one plan. */
export function admittedPlan(
  { schedule, config }: Pick<PlannableModel, 'schedule' | 'config'>,
  options: SamplingOptions,
  mode: SamplingMode,
): StepPlan {
  return plans.plan(schedule, config, options, mode === 'encode' ? 'encode' : 'sample');
}

/**
 * Whether classifier-free guidance makes sense: there is a condition, and the model also knows what it means
 * to have none.
 */
export function isGuidable(model: GuidableModel): boolean {
  if (model.config.obsSize === 0) return false;
  return 'conditionDropout' in model ? model.conditionDropout > 0 : model.nullCondition !== undefined;
}

function takeNormalizer(byName: ReadonlyMap<string, NamedTensor>, prefix: string, dim: number): Normalizer {
  const normalizer = normalizerFromTensors(
    prefix,
    (name) => byName.has(name),
    (name) => takeTensor(byName, name, [dim]),
  );
  for (const { name, data } of normalizerTensors(prefix, normalizer)) checkFinite(name, data);
  if ('scale' in normalizer) check(!normalizer.scale.includes(0), `${prefix}.scale`, 0, 'numbers other than 0');
  else
    check(
      normalizer.halfRange.every((value) => value >= 0),
      `${prefix}.half_range`,
      'less',
      'numbers of at least 0',
    );
  return normalizer;
}

function takeParameter(byName: ReadonlyMap<string, NamedTensor>, name: string, shape: readonly number[]): Float32Array {
  const values = takeTensor(byName, name, shape);
  return values instanceof Float32Array ? values : checkFinite(name, Float32Array.from(values));
}

function takeTensor(byName: ReadonlyMap<string, NamedTensor>, name: string, shape: readonly number[]): Numbers {
  const expected = `[${shape.join(',')}]`;
  const tensor = byName.get(name);
  if (!tensor) throw new InputError('shape_mismatch', `tensor ${name} ${expected} is missing`, { field: name });
  if (tensor.shape.join() !== shape.join())
    throw new InputError('shape_mismatch', `tensor ${name} must be ${expected}, got [${tensor.shape.join(',')}]`, {
      field: name,
    });
  checkLength(
    name,
    tensor.data.length,
    shape.reduce((product, size) => product * size, 1),
    expected,
  );
  return checkFinite(name, tensor.data);
}

function checkFinite<Values extends Numbers>(name: string, values: Values): Values {
  if (!values.every(Number.isFinite))
    throw new InputError('non_finite_input', `tensor ${name} must hold finite numbers only`, { field: name });
  return values;
}

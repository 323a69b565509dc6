import {
  outputSize,
  parameterShapes,
  timeTable,
  type DenoiserParameters,
  type MlpDenoiserConfig,
  type StepPlan,
} from '#ddim';
import { base64 } from './torch-process.js';

/** A model and a plan as `torch_denoiser.py` reads them; the time table holds only the plan's own rows. */
export function torchModel(config: MlpDenoiserConfig, parameters: DenoiserParameters, plan: StepPlan): object {
  const { hiddenSize: H, numLayers } = config;
  const table = timeTable(config, parameters);
  const times = new Float32Array(plan.timesteps.length * H);
  for (const [k, t] of Array.from(plan.timesteps).entries()) times.set(table.subarray(t * H, (t + 1) * H), k * H);
  return {
    outputs: outputSize(config),
    hiddenSize: H,
    numLayers,
    parameters: Object.fromEntries(
      parameterShapes(config).map(({ name, shape }) => [
        name,
        { shape, data: base64(parameters.get(name) ?? new Float32Array()) },
      ]),
    ),
    times: base64(times),
    coefficients: base64(Float32Array.from(plan.coefficients)),
  };
}

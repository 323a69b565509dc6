import { checkParameters, type DenoiserParameters, type MlpDenoiserConfig, InputError, ModelLoadError } from '#ddim';

/**
 * Asks whether every tensor has the shape that the configuration demands and holds finite numbers only.
 * @throws ModelLoadError naming the first tensor that is missing, of the wrong size, or not finite
 */
export function checkLoadable(config: MlpDenoiserConfig, parameters: DenoiserParameters): void {
  try {
    checkParameters(config, parameters);
  } catch (error) {
    if (error instanceof InputError) throw new ModelLoadError(error.message, { cause: error });
    throw error;
  }
  for (const [name, data] of parameters) {
    if (!isFinite32(data)) throw new ModelLoadError(`parameter ${name} holds a number that is not finite`);
  }
}

/** The tensor of that name. @throws ModelLoadError when the model lacks it */
export function requireParameter(parameters: DenoiserParameters, name: string): Float32Array {
  const data = parameters.get(name);
  if (!data) throw new ModelLoadError(`parameter ${name} is missing`);
  return data;
}

/** NaN and infinities times 0 are NaN; finite numbers leave the sum at 0. */
function isFinite32(data: Float32Array): boolean {
  let sum = 0;
  for (let i = 0; i < data.length; i++) sum += data[i] * 0;
  return sum === 0;
}

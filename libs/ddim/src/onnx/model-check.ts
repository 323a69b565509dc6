import { parameterShapes, type DenoiserParameters, type MlpDenoiserConfig } from '../denoiser.js';
import { ModelLoadError } from '../errors.js';

/** The tensor of that name. @throws ModelLoadError when the model lacks it */
export function requireParameter(parameters: DenoiserParameters, name: string): Float32Array {
  const data = parameters.get(name);
  if (!data) throw new ModelLoadError(`the model lacks the tensor ${name}`);
  return data;
}

/**
 * Compares every tensor with the shape that the configuration demands.
 * @throws ModelLoadError naming the first tensor that is missing, surplus, of the wrong size or not finite
 */
export function checkParameters(config: MlpDenoiserConfig, parameters: DenoiserParameters): void {
  const surplus = new Set(parameters.keys());
  for (const { name, shape } of parameterShapes(config)) {
    const data = requireParameter(parameters, name);
    const size = shape.reduce((product, dimension) => product * dimension, 1);
    if (data.length !== size) {
      const message = `tensor ${name} must be [${shape.join(',')}] = ${size} numbers, got ${data.length}`;
      throw new ModelLoadError(message);
    }
    if (!isFinite32(data)) throw new ModelLoadError(`tensor ${name} holds a number that is not finite`);
    surplus.delete(name);
  }
  const [unknown] = surplus;
  if (unknown !== undefined) throw new ModelLoadError(`the model has an unknown tensor ${unknown}`);
}

/** NaN and infinities times 0 are NaN; finite numbers leave the sum at 0. */
function isFinite32(data: Float32Array): boolean {
  let sum = 0;
  for (let i = 0; i < data.length; i++) sum += (data[i] ?? 0) * 0;
  return sum === 0;
}

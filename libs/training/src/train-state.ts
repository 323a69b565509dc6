import { parameterShapes, type DenoiserParameters, type MlpDenoiserConfig, InputError, type NamedTensor } from '#ddim';
import type { TrainState } from './train-backend.js';

const PARTS = ['parameters', 'firstMoments', 'secondMoments', 'ema'] as const satisfies readonly (keyof TrainState)[];

/** The state of a run that has not begun: the average starts as a copy, the moments at zero. */
export function freshTrainState(parameters: DenoiserParameters): TrainState {
  const zeros = () => new Map([...parameters].map(([name, values]) => [name, new Float32Array(values.length)]));
  return { parameters, firstMoments: zeros(), secondMoments: zeros(), ema: parameters };
}

/** Tensors named `part/parameter`. */
export function trainStateTensors(config: MlpDenoiserConfig, state: TrainState): NamedTensor[] {
  return PARTS.flatMap((part) => parameterTensors(config, part, state[part]));
}

/** The same of one part. */
export function parameterTensors(config: MlpDenoiserConfig, part: string, values: DenoiserParameters): NamedTensor[] {
  return parameterShapes(config).flatMap(({ name, shape }) => {
    const data = values.get(name);
    return data ? [{ name: `${part}/${name}`, shape, data }] : [];
  });
}

/**
 * The inverse of trainStateTensors. @throws InputError `checkpoint_mismatch` naming a tensor that is missing
 * or of another shape
 */
export function trainStateFromTensors(config: MlpDenoiserConfig, tensors: readonly NamedTensor[]): TrainState {
  return {
    parameters: parametersFromTensors(config, 'parameters', tensors),
    firstMoments: parametersFromTensors(config, 'firstMoments', tensors),
    secondMoments: parametersFromTensors(config, 'secondMoments', tensors),
    ema: parametersFromTensors(config, 'ema', tensors),
  };
}

/** Whether there is anything of a part. */
export function hasParameters(part: string, tensors: readonly NamedTensor[]): boolean {
  return tensors.some(({ name }) => name.startsWith(`${part}/`));
}

/** The inverse of parameterTensors; throws like trainStateFromTensors. */
export function parametersFromTensors(
  config: MlpDenoiserConfig,
  part: string,
  tensors: readonly NamedTensor[],
): DenoiserParameters {
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  return new Map(
    parameterShapes(config).map(({ name, shape }) => {
      const tensor = byName.get(`${part}/${name}`);
      if (tensor?.shape.join() !== shape.join() || !(tensor.data instanceof Float32Array))
        throw new InputError(
          'checkpoint_mismatch',
          `the checkpoint has no tensor ${part}/${name} [${shape.join(',')}]`,
        );
      return [name, tensor.data];
    }),
  );
}

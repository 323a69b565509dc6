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
  return PARTS.flatMap((part) =>
    parameterShapes(config).flatMap(({ name, shape }) => {
      const data = state[part].get(name);
      return data ? [{ name: `${part}/${name}`, shape, data }] : [];
    }),
  );
}

/**
 * The inverse of trainStateTensors. @throws InputError `checkpoint_mismatch` naming a tensor that is missing
 * or of another shape
 */
export function trainStateFromTensors(config: MlpDenoiserConfig, tensors: readonly NamedTensor[]): TrainState {
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  const take = (part: keyof TrainState): DenoiserParameters =>
    new Map(
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
  return {
    parameters: take('parameters'),
    firstMoments: take('firstMoments'),
    secondMoments: take('secondMoments'),
    ema: take('ema'),
  };
}

import { zipSync } from 'fflate';
import { InputError } from '#ddim';
import { encodeNpy, encodeSafetensors, inspectDataset, readDataset, type TypedTensor } from '#storage';
import { outcomeOf, type FuzzTarget } from '../target.js';

const arrays: Record<string, TypedTensor> = {
  observations: { dtype: 'float32', shape: [3, 2], data: Float32Array.of(0, 1, 2, -3, 4, 5) },
  actions: { dtype: 'float64', shape: [3, 2, 1], data: Float64Array.of(10, 20, 30, 40, 50, 60) },
  action_is_pad: { dtype: 'bool', shape: [3, 2], data: Uint8Array.of(0, 0, 0, 1, 0, 0) },
  frame: { dtype: 'int16', shape: [3], data: Int16Array.of(1, 2, 3) },
};
const files = Object.fromEntries(Object.entries(arrays).map(([name, array]) => [`${name}.npy`, encodeNpy(array)]));

/** What is stored trains: the numbers that training reads lie in the ranges that the record gives. */
export const target: FuzzTarget = {
  seeds: [
    encodeSafetensors(Object.entries(arrays).map(([name, array]) => ({ name, ...array }))),
    zipSync(files, { level: 0 }),
    zipSync(files),
  ],
  dictionary: ['observations', 'actions', 'action_is_pad', 'PK\x01\x02', 'PK\x03\x04', 'PK\x05\x06', '"BF16"', "'>f8'"],
  run: (input) =>
    outcomeOf(
      async () => {
        const summary = await inspectDataset(input);
        const { observations, actions, actionIsPad, count } = await readDataset(input);
        if (count !== summary.count) throw new TypeError('counts rows differently');
        if (observations.length !== count * summary.obsSize) throw new TypeError('reads other observations');
        if (actions.length !== count * summary.actionHorizon * summary.actionDim)
          throw new TypeError('reads other actions');
        const { min, max } = summary.actionRange;
        const isWithin = (value: number, i: number) =>
          actionIsPad?.[Math.floor(i / summary.actionDim)] === 1 || (value >= min && value <= max);
        if (!Array.from(actions).every(isWithin)) throw new TypeError('has numbers outside its range');
      },
      (error) => error instanceof InputError,
    ),
};

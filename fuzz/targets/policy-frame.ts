import { InputError } from '#ddim';
import { arrayValue, decodeMessage, encodeMessage, numbersIn, plainIn } from '#storage';
import { outcomeOf, type FuzzTarget } from '../target.js';

const state = arrayValue({ dtype: 'float32', shape: [3], data: Float32Array.of(1, 2, 3) });

/** The numbers of an accepted observation come back equal when they are packed and read again. */
export const target: FuzzTarget = {
  seeds: [
    encodeMessage({ state, prompt: 'go', stride: { executed_steps: 2, delay_steps: 1 } }),
    encodeMessage({ type: 'observation', payload: { state }, seq: 1, timestamp: 1.5 }),
    encodeMessage({ state: [1, 2.5, [3]], endpoint: 'infer' }),
  ],
  dictionary: [
    '__ndarray__',
    '__npgeneric__',
    'data',
    'dtype',
    'shape',
    '<f8',
    '>f4',
    '|O',
    '\xdf\xff\xff\xff\xff',
    '\xc7',
  ],
  run: (input) =>
    outcomeOf(
      () => {
        const message = decodeMessage(input);
        plainIn(message.get('stride'), 'stride');
        const numbers = numbersIn(message.get('state'), 'state');
        const value = arrayValue({ dtype: 'float32', shape: [numbers.length], data: numbers });
        const again = numbersIn(decodeMessage(encodeMessage({ value })).get('value'), 'value');
        if (Buffer.compare(bytesOf(again), bytesOf(numbers)) !== 0) throw new TypeError('reads differently');
      },
      (error) => error instanceof InputError,
    ),
};

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

import { describe, expect, it } from 'vitest';
import { encodeEventFile } from './event-file.js';
import { encodeMetrics } from './metrics-export.js';

const point = {
  type: 'metrics',
  step: 10,
  totalSteps: 20,
  loss: 0.5,
  learningRate: 1e-4,
  gradNorm: null,
  stepsPerSecond: 8,
  validationLoss: 0.25,
  skippedUpdates: 0,
} as const;
const history = [{ at: 1_500, point }];

describe('The history of a run leaves', () => {
  it('as CSV with an empty field for what was not measured', () => {
    expect(encodeMetrics(history, 'text/csv').toString()).toBe(
      'step,time,loss,validationLoss,learningRate,gradNorm,stepsPerSecond,skippedUpdates\r\n' +
        '10,1970-01-01T00:00:01.500Z,0.5,0.25,0.0001,,8,0\r\n',
    );
  });

  it('as JSON lines without what was not measured', () => {
    expect(JSON.parse(encodeMetrics(history, 'application/x-ndjson').toString())).toEqual({
      step: 10,
      time: '1970-01-01T00:00:01.500Z',
      loss: 0.5,
      validationLoss: 0.25,
      learningRate: 1e-4,
      stepsPerSecond: 8,
      skippedUpdates: 0,
    });
  });

  it('as an event file that TensorBoard 2.21 reads: its own writer makes these bytes of a scalar', () => {
    const events = [{ at: 1_500, step: 10, scalars: [{ tag: 'loss/train', value: 0.5 }] }];
    expect(encodeEventFile(events).toString('hex')).toBe(
      '1800000000000000a37f4b2209000000000000f83f1a0d627261696e2e4576656e743a322a28646c20000000' +
        '0000000029eda95009000000000000f83f100a2a130a110a0a6c6f73732f747261696e150000003fbe2a9d2f',
    );
  });

  it('as an event file with a curve for each thing that was measured', () => {
    const scalars = [
      { tag: 'loss/train', value: 0.5 },
      { tag: 'loss/validation', value: 0.25 },
      { tag: 'optimiser/learning_rate', value: 1e-4 },
      { tag: 'speed/steps_per_second', value: 8 },
      { tag: 'optimiser/skipped_updates', value: 0 },
    ];
    expect(encodeMetrics(history, 'application/vnd.tensorboard.events')).toEqual(
      encodeEventFile([{ at: 1_500, step: 10, scalars }]),
    );
  });
});

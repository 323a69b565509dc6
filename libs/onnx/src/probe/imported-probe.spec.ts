import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { initialParameters, paramCount, type DenoiserConfig, type MlpDenoiserConfig } from '#ddim';
import { GraphBuilder } from '../graph/graph-builder.js';
import type { ElementType } from '../graph/onnx-proto.js';
import { probeImported, type ImportedProbeOptions } from './imported-probe.js';
import { withGraphFields, withOpset } from '../../testing/imported-edits.js';
import { endlessFile, mlpFile, protobufField, sineLoop, smallFile } from '../../testing/imported-files.js';

const config: MlpDenoiserConfig = {
  obsSize: 3,
  actionHorizon: 4,
  actionDim: 2,
  hiddenSize: 16,
  numLayers: 1,
  numTrainTimesteps: 100,
  predictionType: 'epsilon',
  preconditioning: 'none',
};
const parameters = initialParameters(config, 3);
const good = mlpFile(config, parameters);

const directory = mkdtempSync(join(tmpdir(), 'stride-probe-'));
afterAll(() => rmSync(directory, { recursive: true }));

let files = 0;
function probe(file: Uint8Array, wanted: DenoiserConfig = config, limits?: ImportedProbeOptions) {
  const path = join(directory, `${++files}.onnx`);
  writeFileSync(path, file);
  return probeImported(path, { config: wanted }, limits);
}

/** An identity with inputs of the given names, types and shapes. */
function withInputs(
  inputs: ReadonlyArray<readonly [string, ElementType, ReadonlyArray<number | string>]>,
  outputShape: ReadonlyArray<number | string> = ['B', 8],
): Uint8Array {
  const graph = new GraphBuilder('denoiser');
  const [sample] = inputs.map(([name, type, shape]) => graph.input(name, type, shape));
  graph.output('noise', graph.op('Cast', [sample], { to: 1 }), 'float32', outputShape);
  return graph.encode();
}

const sample = ['sample', 'float32', ['B', 8]] as const;
const timestep = ['timestep', 'int64', ['B']] as const;
const condition = ['condition', 'float32', ['B', 3]] as const;
const externalTensor = protobufField(5, [
  protobufField(1, 4),
  protobufField(2, 1),
  protobufField(8, 'weights'),
  protobufField(13, [protobufField(1, 'location'), protobufField(2, '/etc/passwd')]),
  protobufField(14, 1),
]);
const customNode = protobufField(1, [protobufField(2, 'y'), protobufField(4, 'Attention'), protobufField(7, 'acme')]);

describe('probeImported', () => {
  it.each([
    ['flat, int64', {}],
    ['a trajectory, float32', { trajectory: true, timestepType: 'float32' }],
    ['a trajectory, int32', { trajectory: true, timestepType: 'int32' }],
  ] as const)('lets a denoiser pass and counts its weights: %s', async (_, form) => {
    const { paramCount: counted } = await probe(mlpFile(config, parameters, form));
    const timeTable = config.numTrainTimesteps * config.hiddenSize;
    expect(counted).toBeGreaterThan(paramCount(config));
    expect(counted).toBeLessThan(paramCount(config) + 2 * timeTable);
  });

  it('accepts a denoiser without a condition when obsSize is 0', async () => {
    await expect(probe(withInputs([sample, timestep]), { ...config, obsSize: 0 })).resolves.toBeDefined();
  });

  const bad: Array<[what: string, file: Uint8Array, code: string, message: string | RegExp]> = [
    ['nothing', new Uint8Array(0), 'invalid_onnx', 'must be an ONNX model'],
    ['a picture', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), 'invalid_onnx', 'must be an ONNX model'],
    ['a web page', Buffer.from('<!doctype html><html></html>'), 'invalid_onnx', 'must be an ONNX model'],
    ['half a file', good.subarray(0, good.length / 2), 'truncated_onnx', 'cut off'],
    ['all but its last byte', good.subarray(0, -1), 'truncated_onnx', 'cut off'],
    ['a header alone', good.subarray(0, 2), 'truncated_onnx', 'has no graph'],
    [
      'a field that ONNX does not define',
      withGraphFields(good, protobufField(99, 1)),
      'onnx_unknown_field',
      'GraphProto',
    ],
    [
      'weights in another file',
      withGraphFields(good, externalTensor),
      'onnx_external_data',
      'tensor weights lies in another file',
    ],
    ['an operator of its own', withGraphFields(good, customNode), 'onnx_custom_operator', 'acme:Attention'],
    [
      'a function of its own',
      Buffer.concat([good, protobufField(25, [protobufField(1, 'gelu')])]),
      'onnx_custom_operator',
      'functions of its own',
    ],
    ['an ancient operator set', withOpset(good, 6), 'onnx_opset_unsupported', 'must be 9 to 24, got 6'],
    ['an operator set to come', withOpset(good, 99), 'onnx_opset_unsupported', 'must be 9 to 24, got 99'],
    [
      'other names',
      withInputs([['x', 'float32', ['B', 8]], timestep, condition]),
      'onnx_input_mismatch',
      'must be sample, timestep, condition, got x, timestep, condition',
    ],
    ['no condition', withInputs([sample, timestep]), 'onnx_input_mismatch', 'got sample, timestep'],
    [
      'a sample of integers',
      withInputs([['sample', 'int32', ['B', 8]], timestep, condition]),
      'unsupported_dtype',
      'sample must be float32, got int32',
    ],
    [
      'a sample of another size',
      withInputs([['sample', 'float32', ['B', 9]], timestep, condition]),
      'shape_mismatch',
      'sample must be [B,4,2] or [B,8], got [B,9]',
    ],
    [
      'a batch of one only',
      withInputs([['sample', 'float32', [1, 8]], timestep, condition]),
      'shape_mismatch',
      'first dimension must have a name',
    ],
    [
      'one timestep for all rows',
      withInputs([sample, ['timestep', 'int64', []], condition]),
      'shape_mismatch',
      'timestep must be [B] or [B,1]',
    ],
    [
      'a timestep of text size',
      withInputs([sample, ['timestep', 'bool', ['B']], condition]),
      'unsupported_dtype',
      'timestep must be int64, int32 or float32, got bool',
    ],
    [
      'a condition of another size',
      withInputs([sample, timestep, ['condition', 'float32', ['B', 4]]]),
      'shape_mismatch',
      'condition must be [B,3], got [B,4]',
    ],
    [
      'a declared output of another size',
      withInputs([sample, timestep, condition], ['B', 7]),
      'onnx_output_mismatch',
      'output noise must be float32 [B,8], as its sample, got [B,7]',
    ],
    [
      'a real output of another size',
      smallFile((graph, x) => graph.op('ReduceMean', [x], { axes: [1], keepdims: 1 })),
      'onnx_output_mismatch',
      'output noise must be float32 [1,8], got float32 [1,1]',
    ],
    [
      'an output that is not finite',
      smallFile((graph, x) => graph.op('Log', [x])),
      'non_finite_output',
      'must be finite, got NaN at timestep',
    ],
    [
      'rows that look at each other',
      smallFile((graph, x) => graph.sub(x, graph.op('ReduceMean', [x], { axes: [0], keepdims: 1 }))),
      'onnx_rows_not_independent',
      'must not depend on the others',
    ],
    [
      'a draw of its own',
      smallFile((graph, x) => graph.add(x, graph.op('RandomNormalLike', [x]))),
      'onnx_not_deterministic',
      'without dropout',
    ],
    [
      'an operator with wrong operands',
      smallFile((graph, x) => graph.op('MatMul', [x, x])),
      'onnx_not_runnable',
      'ONNX Runtime cannot run the file',
    ],
    ['an operator that does not exist', smallFile((graph, x) => graph.op('Frobnicate', [x])), 'onnx_not_runnable', ''],
  ];
  it.each(bad)('refuses %s', async (_, file, code, message) => {
    await expect(probe(file)).rejects.toMatchObject({ code, message: expect.stringMatching(escaped(message)) });
  });

  const endless = endlessFile();

  it('ends a file that never comes back', async () => {
    await expect(probe(endless, config)).rejects.toMatchObject({ code: 'onnx_probe_timed_out' });
  });

  it('ends a file that never comes back from as many rows as a load runs', async () => {
    const endlessFrom24 = smallFile((graph, x) => {
      const numRows = graph.gather(graph.op('Shape', [x]), graph.integer(0));
      const isLarge = graph.op('Greater', [numRows, graph.integer(23)]);
      return sineLoop(graph, x, graph.op('Where', [isLarge, graph.integer(2 ** 52), graph.integer(1)]));
    });
    await expect(probe(endlessFrom24, config)).rejects.toMatchObject({ code: 'onnx_probe_timed_out' });
  });

  it('tries every timestep that a load tries', async () => {
    const wrongAt37 = smallFile((graph, x, timesteps) => {
      const isWrong = graph.op('Unsqueeze', [graph.op('Equal', [timesteps, graph.integer(37)]), graph.integers(1)]);
      return graph.op('Where', [isWrong, graph.op('Log', [graph.scalar(-1)]), x]);
    });
    await expect(probe(wrongAt37, config)).rejects.toMatchObject({
      code: 'non_finite_output',
      message: expect.stringContaining('at timestep 37'),
    });
  });

  it('ends when its client goes away', async () => {
    const client = new AbortController();
    const trial = probe(endless, config, { signal: client.signal });
    client.abort();
    await expect(trial).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('ends a file that takes more memory than it may', async () => {
    const hungry = smallFile((graph, x) => {
      const table = graph.op('Expand', [
        graph.op('ReduceMean', [x], { keepdims: 0 }),
        graph.integers(2 ** 16, 2 ** 16),
      ]);
      const sorted = graph.ops('TopK', [table, graph.integers(2)], 2, { axis: -1 })[0];
      return graph.add(x, graph.op('ReduceMean', [sorted], { keepdims: 0 }));
    });
    const limits = { limitMs: 30_000, memoryBytes: 2 ** 29 };
    await expect(probe(hungry, config, limits)).rejects.toMatchObject({ code: 'onnx_probe_out_of_memory' });
  });
});

function escaped(message: string | RegExp): RegExp {
  return typeof message === 'string' ? new RegExp(message.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)) : message;
}

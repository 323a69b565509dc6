import { describe, expect, it } from 'vitest';
import * as ort from 'onnxruntime-node';
import { GraphBuilder } from './graph-builder.js';

async function run(graph: GraphBuilder, feeds: Record<string, ort.Tensor>): Promise<Record<string, number[]>> {
  const session = await ort.InferenceSession.create(graph.encode(), { intraOpNumThreads: 1, logSeverityLevel: 3 });
  const results = await session.run(feeds);
  await session.release();
  return Object.fromEntries(Object.entries(results).map(([name, tensor]) => [name, Array.from(tensor.data, Number)]));
}

describe('GraphBuilder', () => {
  it('writes a model that ONNX Runtime runs, with sizes known only at run time', async () => {
    const graph = new GraphBuilder('affine');
    const x = graph.input('x', 'float32', ['N', 2]);
    const weights = graph.initializer('weights', 'float32', [2, 3], Float32Array.of(1, 2, 3, 4, 5, 6));
    graph.output('y', graph.add(graph.op('MatMul', [x, weights]), graph.scalar(0.5)), 'float32', ['N', 3]);
    const y = await run(graph, { x: new ort.Tensor('float32', Float32Array.of(1, 0, 0, 1, 1, 1), [3, 2]) });
    expect(y).toEqual({ y: [1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 5.5, 7.5, 9.5] });
  });

  it('writes every kind of attribute', async () => {
    const graph = new GraphBuilder('attributes');
    const x = graph.input('x', 'float32', ['N', 2]);
    const leaky = graph.op('LeakyRelu', [x], { alpha: { float: 0.25 } });
    const turned = graph.op('Transpose', [leaky], { perm: [1, 0] });
    const [top, bottom] = graph.ops('Split', [turned], 2, { axis: 0 });
    if (!top || !bottom) throw new Error('Split has two outputs');
    graph.output('top', top, 'float32', [1, 'N']);
    graph.output('bottom', graph.op('Pad', [bottom, graph.integers(0, 1, 0, 0)], { mode: 'edge' }), 'float32', [
      1,
      'M',
    ]);
    const result = await run(graph, { x: new ort.Tensor('float32', Float32Array.of(-4, 2, 3, -8), [2, 2]) });
    expect(result).toEqual({ top: [-1, 3], bottom: [2, 2, -2] });
  });

  it('lets a Loop body read its outer graph and never reuses a name', async () => {
    const graph = new GraphBuilder('powers');
    const x = graph.input('x', 'float32', [2]);
    const factor = graph.initializer('factor', 'float32', [], Float32Array.of(3));
    const body = graph.subgraph('body');
    body.input('iteration', 'int64', []);
    const proceed = body.input('proceed', 'bool', []);
    const state = body.input('state', 'float32', [2]);
    body.output('proceed_out', proceed, 'bool', []);
    body.output('state_out', body.add(body.mul(state, factor), body.scalar(1)), 'float32', [2]);
    const y = graph.op('Loop', [graph.integers(3), graph.boolean(true), x], { body });
    graph.output('y', graph.add(y, graph.scalar(1)), 'float32', [2]);
    expect(await run(graph, { x: new ort.Tensor('float32', Float32Array.of(0, 1), [2]) })).toEqual({ y: [14, 41] });
    expect(() => body.input('x', 'float32', [2])).toThrow('the name x is taken');
  });

  it('refuses a tensor whose shape and data disagree, naming it', () => {
    const graph = new GraphBuilder('wrong');
    expect(() => graph.initializer('weights', 'float32', [2, 3], new Float32Array(5))).toThrow(
      'weights: shape [2,3] needs 6 numbers, got 5',
    );
  });

  it('reads weights that lie on a SharedArrayBuffer, at an offset', async () => {
    const shared = new Float32Array(new SharedArrayBuffer(16), 4, 2);
    shared.set([7, 9]);
    const graph = new GraphBuilder('shared');
    const x = graph.input('x', 'float32', [2]);
    graph.output('y', graph.mul(x, graph.initializer('weights', 'float32', [2], shared)), 'float32', [2]);
    expect(await run(graph, { x: new ort.Tensor('float32', Float32Array.of(1, 2), [2]) })).toEqual({ y: [7, 18] });
  });
});

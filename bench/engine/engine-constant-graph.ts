import * as ort from 'onnxruntime-node';
import { outputSize, timeTable, type StepPlan } from '#ddim';
import { addMlpPredict, addMlpWeights, GraphBuilder } from '#onnx';
import { BENCH_CONFIG, benchParameters, normals } from './engine-workload.js';

/**
 * A whole plan unrolled into one graph with all coefficients as constants, equal for all rows: the upper
 * bound of any sampler.
 */
export async function constantSession(plan: StepPlan, numRows: number): Promise<{ run: () => Promise<unknown> }> {
  const session = await ort.InferenceSession.create(constantGraph(plan), {
    executionProviders: ['cpu'],
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  });
  const D = outputSize(BENCH_CONFIG);
  const H = BENCH_CONFIG.hiddenSize;
  const feeds = {
    x: new ort.Tensor('float32', normals(numRows * D, 1), [numRows, D]),
    conditions: new ort.Tensor('float32', normals(numRows * H, 2), [numRows, H]),
  };
  return { run: () => session.run(feeds) };
}

function constantGraph({ timesteps, coefficients }: StepPlan): Uint8Array {
  const D = outputSize(BENCH_CONFIG);
  const H = BENCH_CONFIG.hiddenSize;
  const parameters = benchParameters();
  const table = timeTable(BENCH_CONFIG, parameters);
  const times = Float32Array.from(timesteps, (t) => t);
  const rows = new Float32Array(times.length * H);
  for (const [k, t] of times.entries()) rows.set(table.subarray(t * H, (t + 1) * H), k * H);
  const graph = new GraphBuilder('constant');
  const weights = addMlpWeights(graph, BENCH_CONFIG, parameters, { times: rows });
  const conditions = graph.input('conditions', 'float32', ['B', H]);
  let x = graph.input('x', 'float32', ['B', D]);
  for (let k = 0; k < times.length; k++) {
    const scalars = Array.from(coefficients.subarray(k * 8, (k + 1) * 8), (value) => graph.scalar(value));
    const [a, b, c, d, , , lo, hi] = scalars;
    const shift = graph.add(graph.gather(weights.timeTable, graph.integer(k)), conditions);
    const F = addMlpPredict(graph, weights, x, shift);
    const x0 = graph.op('Clip', [graph.add(graph.mul(x, a), graph.mul(F, b)), lo, hi]);
    x = graph.add(graph.mul(x0, c), graph.mul(F, d));
  }
  graph.output('actions', x, 'float32', ['B', D]);
  return graph.encode();
}

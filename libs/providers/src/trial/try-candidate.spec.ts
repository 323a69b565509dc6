import { describe, expect, it } from 'vitest';
import { onnxBackendModule, onnxTrainBackendModule } from '#onnx';
import { fakeBackendModule } from '../../../engine/testing/engines.js';
import { TINY_CONFIG } from '../../../engine/testing/requests.js';
import { tryCandidate } from './try-candidate.js';

/** A backend module that does this in place of starting. */
function moduleThat(does: string): string {
  return `data:text/javascript,export async function createBackend() { ${does} }`;
}

const options = { providers: ['cpu'] };
const attempt = (module: string, limits?: Parameters<typeof tryCandidate>[1]) =>
  tryCandidate({ sampling: { module, options }, config: TINY_CONFIG }, limits);

describe('the trial of a candidate', () => {
  it('lets one pass that computes as the float64 reference does, and measures it', async () => {
    expect(await attempt(onnxBackendModule)).toMatchObject({
      works: true,
      result: { info: { kind: 'onnx', provider: 'cpu' }, rowStepsPerSecond: expect.toSatisfy((rate) => rate > 0) },
    });
  });

  it.each([
    ['computes something else', fakeBackendModule, /10 steps of 64 rows are wrong: off by /],
    ['does not start', moduleThat("throw new Error('no such\\nGPU')"), /^no such GPU$/],
    ['crashes', moduleThat("process.kill(process.pid, 'SIGSEGV')"), /^silent: its process ended \(SIGSEGV\)$/],
    ['ends without a word', moduleThat('process.exit(0)'), /^silent: its process ended/],
  ])('refuses one that %s', async (_, module, reason) => {
    expect(await attempt(module)).toEqual({ works: false, reason: expect.stringMatching(reason) });
  });

  const trainsTwiceAsFast = `data:text/javascript,
    export async function createTrainBackend(options) {
      const backend = await (await import('${onnxTrainBackendModule}')).createTrainBackend(options);
      const load = async (setup) => {
        const trainer = await backend.load(setup);
        const step = ({ optimiser, ...batch }) =>
          trainer.trainStep({ ...batch, optimiser: { ...optimiser, learningRate: 2 * optimiser.learningRate } });
        return { trainStep: step, dispose: () => trainer.dispose() };
      };
      return { load, close: () => backend.close() };
    }`;
  it.each([
    ['lets one train that does so as the processor does', onnxTrainBackendModule, undefined],
    ['lets one not train whose updates are wrong', trainsTwiceAsFast, /^the loss of update 2 is wrong: /],
    ['lets one not train that cannot', moduleThat(''), /createTrainBackend is not a function/],
  ])('%s', async (_, module, fault) => {
    const sampling = { module: onnxBackendModule, options };
    const verdict = await tryCandidate({ sampling, training: { module, options }, config: TINY_CONFIG });
    expect(verdict).toMatchObject({ works: true, result: { trainingFault: fault && expect.stringMatching(fault) } });
  });

  it('refuses one that says nothing, after a while', async () => {
    const silent = moduleThat('setInterval(() => {}, 1000); await new Promise(() => {})');
    const verdict = await attempt(silent, { limitMs: 300, memoryBytes: 2 ** 32 });
    expect(verdict).toEqual({ works: false, reason: 'silent: no answer within 300 ms' });
  });
});

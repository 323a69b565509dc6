import { describe, expect, it } from 'vitest';
import type { BackendInfo } from '#engine';
import type { BackendWish } from '#training';
import type { Candidate } from './candidates.js';
import { choose } from './choice.js';
import { compositeModule } from './module-urls.js';
import type { Verdict } from './trial/try-candidate.js';

interface Scene {
  /** What a trial says, by the name of the candidate; without a word it works, at 1,000 row-steps/s. */
  readonly trials?: Readonly<Record<string, Verdict>>;
  /** Why it cannot be here. */
  readonly absent?: Readonly<Record<string, string>>;
  readonly cores?: number;
}

const CPU_RATE = 100;

/** Chooses among candidates that pretend. @returns what a worker gets, and who was tried in which order */
async function chosen(wish: Partial<BackendWish>, { trials = {}, absent = {}, cores = 4 }: Scene = {}) {
  const tried: string[] = [];
  const place = (name: string) => ({ module: `${name}.js`, options: { providers: [name] } });
  const candidate = (name: string, trains: boolean): Candidate => ({
    name,
    provider: name.replace('onnx:', ''),
    sampling: place(name),
    ...(trains && { training: place(`${name} training`) }),
    runsFiles: name.startsWith('onnx:'),
    absence: () => absent[name],
  });
  const candidates = [
    candidate('cuda', false),
    candidate('webgpu', true),
    candidate('onnx:cuda', true),
    candidate('onnx:webgpu', true),
    candidate('onnx:cpu', true),
  ];
  const attempt = ({ name }: Candidate): Promise<Verdict> => {
    tried.push(name);
    return Promise.resolve(trials[name] ?? works(name === 'onnx:cpu' ? CPU_RATE : 1_000));
  };
  return { choice: await choose({ providers: [], ...wish }, { candidates, attempt, cores }), tried };
}

function works(rowStepsPerSecond: number, devices?: readonly string[]): Verdict {
  const info: BackendInfo = { kind: 'k', provider: 'p', device: 'd', version: '1', rejected: [] };
  return { works: true, result: { info: { ...info, ...(devices && { devices }) }, rowStepsPerSecond } };
}

const fails = (reason: string): Verdict => ({ works: false, reason });
const NOTHING = { cuda: 'no GPU', webgpu: 'no GPU', 'onnx:cuda': 'no GPU', 'onnx:webgpu': 'no GPU' };

describe('what a worker runs on', () => {
  it('is the processor on a machine without a GPU, and no process is started to find out', async () => {
    const { choice, tried } = await chosen({}, { absent: NOTHING });
    expect(tried).toEqual([]);
    expect(choice).toEqual({
      sampling: { module: 'onnx:cpu.js', options: { providers: ['onnx:cpu'] } },
      training: { module: 'onnx:cpu training.js', options: { providers: ['onnx:cpu training'] } },
      reason: 'no GPU works here',
      rejected: Object.entries(NOTHING).map(([provider, reason]) => ({ provider, reason })),
    });
  });

  it('is kernels of our own where they are right, with ONNX Runtime beside them for files', async () => {
    const { choice, tried } = await chosen({});
    expect(choice).toEqual({
      sampling: { module: compositeModule, options: { providers: ['cuda', 'onnx:cuda'] } },
      training: { module: 'webgpu training.js', options: { providers: ['webgpu training'] } },
      reason: expect.stringMatching(/as the reference does/),
      rejected: [],
    });
    expect(tried).toEqual(['cuda', 'onnx:cpu', 'webgpu', 'onnx:cuda']);
  });

  it.each([
    ['wrong', fails('10 steps are wrong'), /wrong/],
    [
      'slow: slower than all cores together',
      works(4 * CPU_RATE - 1),
      /^slow: 399 row-steps\/s, the processor does 400$/,
    ],
    ['silent', fails('silent: its process ended (SIGSEGV)'), /SIGSEGV/],
  ])('is not what is %s', async (_, verdict, reason) => {
    const { choice } = await chosen({}, { trials: { cuda: verdict, webgpu: verdict } });
    expect(choice.sampling.module).toBe('onnx:cuda.js');
    expect(choice.training.module).toBe('onnx:cuda training.js');
    expect(choice.rejected).toEqual(
      ['cuda', 'webgpu'].map((provider) => ({ provider, reason: expect.stringMatching(reason) })),
    );
  });

  it('trains on the next where training alone is wrong, and says so', async () => {
    const verdict = works(1_000);
    const wrong =
      verdict.works && verdict.result ? { ...verdict.result, trainingFault: 'the loss is wrong' } : undefined;
    const { choice } = await chosen({}, { trials: { cuda: fails('no'), webgpu: { works: true, result: wrong } } });
    expect(choice).toMatchObject({
      sampling: { options: { providers: ['webgpu', 'onnx:cuda'] } },
      training: { module: 'onnx:cuda training.js' },
      rejected: [
        { provider: 'cuda', reason: 'no' },
        { provider: 'webgpu', reason: 'for trainings: the loss is wrong' },
      ],
    });
  });

  it('follows the order of STRIDE_PROVIDER, kernels of our own first on each', async () => {
    const { choice, tried } = await chosen({ providers: ['webgpu', 'cuda'] }, { trials: { webgpu: fails('wrong') } });
    expect(choice.sampling).toEqual({ module: 'onnx:webgpu.js', options: { providers: ['onnx:webgpu'] } });
    expect(choice.rejected).toEqual([{ provider: 'webgpu', reason: 'wrong' }]);
    expect(tried).toEqual(['webgpu', 'onnx:webgpu', 'onnx:cpu']);
  });

  it('is what STRIDE_PROVIDER names alone however slow that is, and the processor does what it cannot', async () => {
    const slow = { trials: { cuda: works(1), 'onnx:cuda': fails('no CUDA 12') } };
    const { choice } = await chosen({ providers: ['cuda'] }, slow);
    expect(choice).toMatchObject({
      sampling: { options: { providers: ['cuda', 'onnx:cpu'] } },
      training: { module: 'onnx:cpu training.js' },
      reason: 'STRIDE_PROVIDER names it',
    });
  });

  it('is nothing at all where what STRIDE_PROVIDER names does not work, and every reason is said', async () => {
    const wish = chosen({ providers: ['cuda'] }, { absent: NOTHING });
    await expect(wish).rejects.toMatchObject({
      code: 'no_provider',
      message: expect.stringContaining('(cuda: no GPU; onnx:cuda: no GPU)'),
    });
  });

  const H200S = ['cuda:0 H200', 'cuda:1 H200', 'cuda:2 L4'];
  it.each([
    [undefined, ['cuda:0 H200']],
    [2, ['cuda:0 H200', 'cuda:1 H200']],
    [9, H200S],
    [
      ['l4', 'h200'],
      ['cuda:2 L4', 'cuda:0 H200'],
    ],
    [
      ['H200', 'H200'],
      ['cuda:0 H200', 'cuda:1 H200'],
    ],
  ])('has an engine thread per device of STRIDE_DEVICES=%s', async (devices, expected) => {
    const { choice } = await chosen({ devices }, { trials: { cuda: works(1_000, H200S) } });
    expect(choice.devices).toEqual(expected);
  });

  it('has no device of a name that is not there', async () => {
    const wish = chosen({ devices: ['H200', 'A100'] }, { trials: { cuda: works(1_000, H200S) } });
    await expect(wish).rejects.toMatchObject({
      code: 'unknown_device',
      message: expect.stringMatching(/A100, and there are cuda:0 H200/),
    });
    await expect(chosen({ devices: ['A100'] }, { absent: NOTHING })).rejects.toMatchObject({ code: 'unknown_device' });
  });
});

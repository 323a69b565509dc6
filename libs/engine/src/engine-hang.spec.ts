import { describe, expect, it } from 'vitest';
import type { DdimError } from '#ddim';
import { startVirtual } from '../testing/engines.js';
import { tinyRequest } from '../testing/requests.js';

const HOUR_MS = 3_600_000;
const codeOf = (result: Promise<unknown>): Promise<string> =>
  result.then(
    () => 'succeeded',
    ({ code }: DdimError) => code,
  );

/** Two threads; calls on rows of the model last for an hour once `hang` was called. */
async function startHanging() {
  let hangs = false;
  const macroStepMs = ({ numRows }: { readonly numRows: number }): number => (hangs && numRows > 4 ? HOUR_MS : 5);
  const { engine, host } = await startVirtual({ threads: 2 }, { macroStepMs });
  await host.until(engine.submit(tinyRequest({ id: 'loads the model' })));
  return { engine, host, hang: () => void (hangs = true) };
}

describe('an engine with a thread that does not come back', () => {
  it('is lost, names the version, blames the requests of that thread, and lets the others run elsewhere', async () => {
    const { engine, host, hang } = await startHanging();
    hang();
    const guilty = codeOf(engine.submit(tinyRequest({ id: 'guilty', rows: 16, model: 'wide@1' })));
    await host.until(host.sleep(10));
    const beside = codeOf(engine.submit(tinyRequest({ id: 'beside', options: { numInferenceSteps: 50 } })));
    expect(await host.until(beside)).toBe('succeeded');
    const waiting = codeOf(
      host.sleep(4_000).then(() => engine.submit(tinyRequest({ id: 'waits', rows: 16, model: 'other@1' }))),
    );
    expect(await host.until(engine.lost)).toMatchObject({ status: 'hung', culprit: 'wide@1' });
    expect(await host.until(guilty)).toBe('engine_failed');
    expect(await host.until(waiting)).toBe('shutdown');
    expect(await codeOf(engine.submit(tinyRequest()))).toBe('shutdown');
    expect(engine.stats()).toMatchObject({ status: 'hung', requests: 0 });
  });
});

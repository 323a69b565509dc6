import { describe, expect, it } from 'vitest';
import type { Work } from './scheduling/assignment.js';
import type { MacroStepFacts } from './report/observer.js';
import type { Asker, Policy, PolicyContext } from './scheduling/policy.js';
import type { RequestState } from './requests/request-state.js';
import { runFakeAlone, startVirtual } from '../testing/engines.js';
import { mixedRequests, tinyRequest } from '../testing/requests.js';

/** The newest request first, one row and one step at a time. */
class LastInFirstOut implements Policy {
  readonly rowsWanted = 1;
  private readonly requests: RequestState[] = [];

  constructor(private readonly context: PolicyContext) {}

  add(state: RequestState): void {
    this.requests.push(state);
  }

  remove(state: RequestState): void {
    this.requests.splice(this.requests.indexOf(state), 1);
  }

  next({ models, isBusy }: Asker): Work | undefined {
    const newest = this.requests.findLast(({ runnableRows }) => runnableRows > 0);
    if (!newest || isBusy) return undefined;
    const { lane } = newest;
    if (!models.has(lane.modelKey)) return { kind: 'load', lane };
    const rows = [newest.takeRow(this.context.now())];
    return { kind: 'run', lane, rows, stepsPerCall: 1, maxMacroSteps: 1, maxBatchRows: 1 };
  }

  giveBack(): void {}

  learn(): void {}

  isInterrupted(): boolean {
    return false;
  }

  forecast({ lane }: RequestState): { beforeMs: number; stepMs: number } {
    return { beforeMs: 0, stepMs: lane.cost.stepMs(1) };
  }

  forget(): void {}
}

const policy = (context: PolicyContext): Policy => new LastInFirstOut(context);

describe('an engine with another policy', () => {
  it('runs in its order, and gives every row its own bytes', async () => {
    const calls: MacroStepFacts[] = [];
    const { engine, host } = await startVirtual({ policy, observer: { onMacroStep: (facts) => calls.push(facts) } });
    const requests = mixedRequests(26, { mostSteps: 40 });
    const ended: number[] = [];
    const results = requests.map(async (request, i) => {
      const { actions } = await engine.submit(request);
      ended.push(i);
      return actions;
    });
    const actions = await host.until(Promise.all(results));
    for (const [i, request] of requests.entries()) expect(actions[i]).toEqual(await runFakeAlone(request));
    expect(calls.every(({ numRows, stepsPerCall }) => numRows === 1 && stepsPerCall === 1)).toBe(true);
    expect(ended.at(-1)).toBeLessThan(4); // the oldest ones ran last
    await host.until(engine.close());
  });

  it('still runs a solo request alone, and goes on after the death of a thread', async () => {
    const { engine, host } = await startVirtual({ policy, threads: 2 });
    await host.until(engine.submit(tinyRequest())); // its model is loaded
    const other = engine.submit(tinyRequest({ id: 'other', seed: 2 }));
    await host.until(host.sleep(2));
    host.threads.find(({ rowsHeld }) => rowsHeld > 0)?.kill('killed');
    const present: number[] = [];
    const solo = tinyRequest({
      id: 'solo',
      seed: 3,
      solo: () => Promise.resolve(void present.push(engine.stats().rowsRunning)),
    });
    expect((await host.until(engine.submit(solo))).actions).toEqual(await runFakeAlone(solo));
    expect((await host.until(other)).actions).toEqual(await runFakeAlone(tinyRequest({ seed: 2 })));
    expect(present).toEqual([0]);
    await host.until(engine.close());
  });

  it('still ends requests that cannot be in time', async () => {
    const { engine, host } = await startVirtual({ policy });
    await host.until(engine.submit(tinyRequest()));
    const late = engine.submit(tinyRequest({ seed: 2, deadlineAt: host.now() + 1 }));
    await expect(late).rejects.toMatchObject({ code: 'deadline_exceeded' });
    await host.until(engine.close());
  });
});

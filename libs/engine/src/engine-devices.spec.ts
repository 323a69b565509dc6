import { describe, expect, it, vi } from 'vitest';
import { Engine } from './engine.js';
import type { ThreadFacts } from './report/observer.js';
import { fakeEngineOptions, runFakeAlone } from '../testing/engines.js';
import { FAKE_DEVICES } from '../testing/fake-backend.js';
import { mixedRequests } from '../testing/requests.js';

describe('an engine on several devices', { timeout: 30_000 }, () => {
  const onDevices = { backend: { providers: ['devices'] } };

  it.each([
    ['the first without a word', undefined, 1],
    ['those that are named', FAKE_DEVICES, 2],
  ] as const)('has one thread per device: %s', async (_, devices, threads) => {
    const engine = await Engine.start(fakeEngineOptions({ ...onDevices, devices, threads: 5 }));
    expect(engine.stats().threads).toHaveLength(threads);
    await engine.close();
  });

  it('replaces the thread of a lost device, and its rows go on elsewhere with the same bytes', async () => {
    const facts: ThreadFacts[] = [];
    const observer = { onThread: (fact: ThreadFacts) => void facts.push(fact) };
    const options = { ...onDevices, devices: FAKE_DEVICES, maxBatchRows: 4, observer };
    const engine = await Engine.start(fakeEngineOptions(options));
    const requests = mixedRequests(26, { mostSteps: 60, model: 'fake@second-call-loses-device' });
    const results = await Promise.all(requests.map((request) => engine.submit(request)));
    for (const [i, request] of requests.entries())
      expect(results[i].actions, request.id).toEqual(await runFakeAlone(request));
    const lost = facts.filter(({ event }) => event === 'died');
    expect(lost.map(({ thread, reason }) => [thread, reason]).sort(([a], [b]) => Number(a) - Number(b))).toEqual([
      [0, 'fake:0 is lost'],
      [1, 'fake:1 is lost'],
    ]);
    await vi.waitFor(() => expect(facts.filter(({ event }) => event === 'started')).toHaveLength(2), 5_000);
    expect(engine.stats()).toMatchObject({ status: 'running', requests: 0, slotsInUse: 0, requestBytes: 0 });
    await engine.close();
  });
});

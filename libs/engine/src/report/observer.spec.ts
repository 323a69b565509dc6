import { describe, expect, it } from 'vitest';
import { observeTogether, type EngineObserver } from './observer.js';

describe('observers of one engine', () => {
  it('each hear every event that they want to hear, as it was changed for all', () => {
    const heard: unknown[] = [];
    const thread: EngineObserver = { onThread: (facts) => heard.push(['first', facts]) };
    const both: EngineObserver = {
      onThread: (facts) => heard.push(['second', facts]),
      onModel: (facts) => heard.push(['second', facts]),
    };
    const together = observeTogether([thread, both], (facts) => ({ ...facts, label: 'changed' }));
    const died = { thread: 1, event: 'died', reason: 'why' } as const;
    const loaded = { model: 'm', event: 'loaded', seconds: 1, modelsLoaded: 1, loadedBytes: 8 } as const;
    together.onThread(died);
    together.onModel(loaded);
    expect(heard).toEqual([
      ['first', { ...died, label: 'changed' }],
      ['second', { ...died, label: 'changed' }],
      ['second', { ...loaded, label: 'changed' }],
    ]);
  });
});

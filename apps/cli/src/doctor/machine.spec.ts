import { describe, expect, it } from 'vitest';
import { checkNode } from './machine.js';

describe('checkNode', () => {
  it.each(['20.19.0', '20.20.2', '22.0.0', '24.1.0'])('%s is new enough', (version) => {
    expect(checkNode(version).status).toBe('ok');
  });

  it.each(['20.18.9', '18.20.0', '19.99.0'])('%s is too old, and the remedy names what is needed', (version) => {
    expect(checkNode(version)).toMatchObject({ status: 'problem', remedy: expect.stringContaining('20.19') });
  });
});

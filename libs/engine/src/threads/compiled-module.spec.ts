import { describe, expect, it } from 'vitest';
import { compiledModuleUrl } from './compiled-module.js';

describe('compiledModuleUrl', () => {
  it.each([
    ['file:///srv/stride/libs/ddim/src/engine/x.worker.ts', 'file:///srv/stride/dist/libs/ddim/src/engine/x.worker.js'],
    ['file:///srv/libs/stride/bench/engine.ts', 'file:///srv/libs/stride/dist/bench/engine.js'],
    ['file:///srv/stride/dist/libs/ddim/src/engine/x.js', 'file:///srv/stride/dist/libs/ddim/src/engine/x.js'],
  ])('maps %s', (source, compiled) => {
    expect(compiledModuleUrl(source).href).toBe(compiled);
    expect(compiledModuleUrl(new URL(source)).href).toBe(compiled);
  });
});

import { describe, expect, it } from 'vitest';
import { InvalidConfigError, loadConfig } from './config.js';

describe('loadConfig', () => {
  it('gives every variable its default', () => {
    const config = loadConfig(['REDIS_URL', 'STRIDE_QUEUES', 'STRIDE_PROVIDER', 'STRIDE_MAX_BATCH_ROWS'], {});
    expect(config).toEqual({
      REDIS_URL: 'redis://127.0.0.1:6379',
      STRIDE_QUEUES: ['sampling', 'training'],
      STRIDE_PROVIDER: [],
      STRIDE_MAX_BATCH_ROWS: 256,
    });
  });

  it('splits lists and reads numbers', () => {
    const source = { STRIDE_QUEUES: 'training', STRIDE_PROVIDER: 'webgpu, cpu', STRIDE_PORT: '0' };
    expect(loadConfig(['STRIDE_QUEUES', 'STRIDE_PROVIDER', 'STRIDE_PORT'], source)).toEqual({
      STRIDE_QUEUES: ['training'],
      STRIDE_PROVIDER: ['webgpu', 'cpu'],
      STRIDE_PORT: 0,
    });
  });

  it('names every wrong variable in one error', () => {
    const source = { REDIS_URL: 'http://x', STRIDE_MAX_BATCH_ROWS: 'eight', STRIDE_QUEUES: 'sampling,paint' };
    const load = () => loadConfig(['REDIS_URL', 'STRIDE_MAX_BATCH_ROWS', 'STRIDE_QUEUES'], source);
    expect(load).toThrow(InvalidConfigError);
    expect(load).toThrow(/REDIS_URL[\s\S]*STRIDE_MAX_BATCH_ROWS[\s\S]*eight[\s\S]*STRIDE_QUEUES/);
  });

  it('refuses an unknown STRIDE_ variable and says which one was probably meant', () => {
    expect(() => loadConfig(['STRIDE_PORT'], { STRIDE_PORTS: '3000' })).toThrow(
      'STRIDE_PORTS: unknown variable, did you mean STRIDE_PORT?',
    );
  });
});

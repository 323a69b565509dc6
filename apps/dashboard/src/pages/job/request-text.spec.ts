import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { packTensor } from '#client';
import { pythonText, readable, requestText } from './request-text.js';

const request = {
  model: 'robot@3',
  observations: packTensor(Float32Array.from([0.1, -0.4, 1e-7]), [1, 3]),
  samplesPerObservation: 2,
  mode: 'sample',
  precision: 'float32',
  priority: 'normal',
  clipSample: true,
  seed: 7,
  metadata: { note: 'it\'s "a" $HOME \\ test', none: null },
} as const;

describe('A request as text', () => {
  it('holds small tensors as the shortest numbers that are the same float32', () => {
    expect(readable(request)).toMatchObject({ observations: [[0.1, -0.4, 1e-7]], seed: 7 });
    const large = { observations: packTensor(new Float32Array(300), [1, 300]) };
    expect(readable(large)).toEqual(large);
  });

  it('comes out of a shell as it went in', () => {
    const text = requestText('curl', request, 'http://127.0.0.1:3000/');
    const printed = text.replace(/^curl /, 'printf "%s\\n" ');
    const args = execFileSync('sh', ['-c', printed], { encoding: 'utf8' });
    expect(args).toContain('http://127.0.0.1:3000/v1/sampling-jobs');
    expect(JSON.parse(args.slice(args.indexOf('{')))).toEqual(readable(request));
  });

  it('is a call of both clients', () => {
    expect(requestText('TypeScript', request, 'http://h/')).toContain("createStrideClient('http://h')");
    const python = requestText('Python', request, 'http://h/');
    expect(python).toContain('"clipSample": True');
    expect(python).toContain('"none": None');
    expect(pythonText([1, [true, {}]])).toBe('[1, [True, {}]]');
  });
});

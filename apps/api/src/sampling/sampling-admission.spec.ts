import { describe, expect, it } from 'vitest';
import { newJobId, SamplingRequest } from '#contract';
import { LOCAL_CALLER } from '../access/caller.js';
import { SamplingAdmission } from './sampling-admission.js';
import { modelRecord } from './testing/model-record.js';

describe('an admitted job', () => {
  it.each([{}, { metadata: { robot: '\u4e2d "r"' }, numInferenceSteps: 5 }, { eta: 0.5, supersedeKey: 'k' }])(
    'leaves its tensors the room beside the bytes that it has without them: %j',
    async (change) => {
      const record = modelRecord();
      const rooms: number[] = [];
      const unused = {} as never;
      const admission = new SamplingAdmission(
        { resolveFor: () => Promise.resolve(record) } as never,
        {
          read: () => Promise.resolve({ shape: [1, 2], data: new Float32Array(2) }),
          store: (_inputs: unknown, otherBytes: number) => {
            rooms.push(otherBytes);
            return Promise.resolve({});
          },
        } as never,
        unused,
        unused,
        { refer: () => Promise.resolve({ name: 'm', version: 1, sha256: record.sha256 }) } as never,
      );
      const request = SamplingRequest.parse({ model: 'm', observations: [[0, 0]], ...change });
      const job = await admission.admit(request, { jobId: newJobId('sampling'), caller: LOCAL_CALLER });
      expect(rooms).toEqual([Buffer.byteLength(JSON.stringify(job))]);
    },
  );
});

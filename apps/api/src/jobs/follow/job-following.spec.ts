import { Logger } from '@nestjs/common';
import { ReplyError } from 'ioredis';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { QueueUnavailableError, type StoredJob, type StoredJobEvent } from '#queue';
import { JobFollowing } from './job-following.js';

const LOOK_MS = 15_000;

describe('One client that follows a job', () => {
  const read = vi.fn<(jobId: string, lastEventId: string) => Promise<StoredJobEvent[]>>();
  const readJob = vi.fn<(kind: string, jobId: string) => Promise<StoredJob | undefined>>();
  const stream = { send: vi.fn(), finish: vi.fn(), interrupt: vi.fn() };
  let following: JobFollowing;

  beforeAll(() => Logger.overrideLogger(false));
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    vi.resetAllMocks();
    read.mockResolvedValue([]);
    readJob.mockResolvedValue(undefined);
    following = new JobFollowing({
      events: { read },
      reader: { read: readJob },
      kind: 'sampling',
      jobId: 'j',
      lastEventId: '7-0',
      stream,
    });
  });
  afterEach(() => {
    following.stop();
    vi.useRealTimers();
  });

  it.each([
    ['a bug', new TypeError('a bug')],
    ['a refusal that is ours to mend', new ReplyError('ERR Invalid stream ID specified as stream command argument')],
  ])(
    'is sent away, to come back, when its events cannot be read for another cause than an outage: %s',
    async (_, error) => {
      read.mockRejectedValue(error);
      following.wake();
      await vi.waitFor(() => expect(stream.interrupt).toHaveBeenCalledOnce());
      vi.advanceTimersByTime(10 * LOOK_MS);
      expect(read).toHaveBeenCalledOnce();
    },
  );

  it.each([
    ['cannot be reached', new QueueUnavailableError()],
    ['is no longer the one to ask', new ReplyError('MOVED 3999 127.0.0.1:6381')],
  ])('stays while Redis %s, and reads on from its place by itself', async (_, error) => {
    read.mockRejectedValueOnce(error);
    following.wake();
    await vi.waitFor(() => expect(read).toHaveBeenCalledOnce());
    read.mockResolvedValueOnce([{ id: '8-0', event: { type: 'succeeded' } }]);
    await vi.waitFor(() => {
      vi.advanceTimersByTime(LOOK_MS);
      expect(stream.finish).toHaveBeenCalledOnce();
    });
    expect(stream.finish).toHaveBeenCalledWith({ id: '8-0', type: 'succeeded', data: '{"type":"succeeded"}' });
    expect(read.mock.calls).toEqual(read.mock.calls.map(() => ['j', '7-0']));
    expect(stream.interrupt).not.toHaveBeenCalled();
  });

  const ended: StoredJob = {
    id: 'j',
    kind: 'sampling',
    state: 'completed',
    data: {},
    createdAt: 1,
    startedAt: 2,
    finishedAt: 3,
    attempts: 1,
    failedReason: undefined,
    returnValue: {},
    worker: 'w',
    cancel: undefined,
    pausedAt: undefined,
    checkpoint: undefined,
    queuePosition: undefined,
    newestEvents: [],
  };

  it('gets the last event with its id when the job ends between the reads of its events and of itself', async () => {
    readJob.mockImplementation(() => {
      read.mockResolvedValue([{ id: '9-0', event: { type: 'succeeded' } }]);
      return Promise.resolve(ended);
    });
    following.wake();
    await vi.waitFor(() => expect(stream.finish).toHaveBeenCalledOnce());
    expect(stream.finish).toHaveBeenCalledWith({ id: '9-0', type: 'succeeded', data: '{"type":"succeeded"}' });
  });

  it('gets the end of a job whose events are no longer kept', async () => {
    readJob.mockResolvedValue(ended);
    following.wake();
    await vi.waitFor(() => expect(stream.finish).toHaveBeenCalledOnce());
    expect(stream.finish).toHaveBeenCalledWith({ type: 'succeeded', data: '{"type":"succeeded"}' });
  });
});

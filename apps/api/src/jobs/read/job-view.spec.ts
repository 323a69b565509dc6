import { describe, expect, it } from 'vitest';
import { encodeJobError } from '#contract';
import { JOB_FIELDS, parseStoredJob, type JobAnswers, type StoredJob } from '#queue';
import { commonView, newestEvent, timingsOf } from './job-view.js';

const CREATED = 1_700_000_000_000;

/** A job from what Redis would answer. */
function stored(
  fields: Partial<Record<(typeof JOB_FIELDS)[number], string>>,
  more: Partial<JobAnswers> = {},
): StoredJob {
  const all: Partial<Record<string, string>> = { data: '{}', timestamp: String(CREATED), ...fields };
  const answers = {
    fields: JOB_FIELDS.map((name) => all[name] ?? null),
    ledger: [null, null, null],
    activeAt: null,
    rank: null,
    numWaiting: 0,
    events: [],
    ...more,
  };
  const job = parseStoredJob('sampling', 'smp_01J00000000000000000000000', answers);
  if (job === undefined) throw new Error('the job was not found');
  return job;
}

const cancel = (attempt: number) => JSON.stringify({ at: CREATED + 5_000, attempt, reason: 'cancelled' });

describe('a job', () => {
  it('that has no data is none', () => {
    const fields = JOB_FIELDS.map(() => null);
    const answers = { fields, ledger: [], activeAt: null, rank: null, numWaiting: 0, events: [] };
    expect(parseStoredJob('sampling', 'smp_x', answers)).toBeUndefined();
  });

  it('waits behind those with a better rank and those that were handed back', () => {
    expect(commonView(stored({}, { rank: 3, numWaiting: 2 }))).toMatchObject({ status: 'queued', queuePosition: 5 });
  });

  it('whose checkpoint a newer release has written in another form is shown without it', () => {
    const checkpoint = JSON.stringify({ step: 5, digest: 'sha512:00', bytes: 7 });
    expect(stored({}, { ledger: [null, null, checkpoint] }).checkpoint).toBeUndefined();
    const readable = { step: 5, sha256: '00', bytes: 7 };
    expect(stored({}, { ledger: [null, null, JSON.stringify(readable)] }).checkpoint).toEqual(readable);
  });

  it('runs while it is in the list of active jobs', () => {
    const job = stored({ processedOn: String(CREATED + 1_500), ats: '1' }, { activeAt: 0 });
    expect(commonView(job)).toMatchObject({ status: 'running', attempts: 1, finishedAt: null, queuePosition: null });
    expect(timingsOf(job)).toMatchObject({ queuedSeconds: 1.5, runSeconds: null });
  });

  it('has succeeded when it has a return value, even after a failed attempt', () => {
    const job = stored({
      processedOn: String(CREATED + 1_000),
      finishedOn: String(CREATED + 4_000),
      failedReason: 'first try',
      returnvalue: '{"x":1}',
    });
    expect(commonView(job)).toMatchObject({ status: 'succeeded', error: null, finishedAt: '2023-11-14T22:13:24.000Z' });
    expect(timingsOf(job).runSeconds).toBe(3);
    expect(job.returnValue).toEqual({ x: 1 });
  });

  it('shows why it failed, but not what nobody meant to show', () => {
    const failedReason = encodeJobError({ code: 'out_of_memory', message: 'no room' });
    const finishedOn = String(CREATED);
    expect(commonView(stored({ finishedOn, failedReason })).error).toEqual({
      code: 'out_of_memory',
      message: 'no room',
    });
    expect(commonView(stored({ finishedOn, failedReason: 'at /home/x.js:1' })).error?.code).toBe('internal_error');
  });

  it('that was cancelled before it ran has no start, even after a worker has cleared it away', () => {
    const ledger = [cancel(0), null, null];
    const waiting = stored({}, { ledger });
    expect(commonView(waiting)).toMatchObject({ status: 'cancelled', startedAt: null, error: { code: 'cancelled' } });
    const cleared = stored(
      { processedOn: String(CREATED + 9_000), finishedOn: String(CREATED + 9_001), ats: '1' },
      { ledger },
    );
    expect(commonView(cleared)).toEqual({ ...commonView(waiting), attempts: 0 });
    expect(commonView(cleared).finishedAt).toBe(commonView(cleared).cancelRequestedAt);
  });

  it('that was cancelled and then lost its worker keeps its end and its attempts when another clears it away', () => {
    const ledger = [cancel(1), null, null];
    const freed = stored({ processedOn: String(CREATED + 1_000), ats: '1' }, { ledger });
    const cleared = stored(
      { processedOn: String(CREATED + 9_000), finishedOn: String(CREATED + 9_001), ats: '2' },
      { ledger },
    );
    const { status, finishedAt, attempts } = commonView(freed);
    expect(commonView(cleared)).toMatchObject({ status, finishedAt, attempts });
    expect(attempts).toBe(1);
  });

  it('that was cancelled while it ran runs until that attempt lets go, and is cancelled even if it had finished', () => {
    const running = { processedOn: String(CREATED + 1_000), ats: '1' };
    const ledger = [cancel(1), null, null];
    expect(commonView(stored(running, { ledger, activeAt: 0 })).status).toBe('running');
    expect(commonView(stored({ ...running, ats: '2' }, { ledger, activeAt: 0 })).status).toBe('cancelled');
    const won = stored({ ...running, finishedOn: String(CREATED + 6_000), returnvalue: '{}' }, { ledger });
    expect(commonView(won)).toMatchObject({ status: 'cancelled', error: { code: 'cancelled' } });
  });

  it('knows its newest event of a type, and none that it cannot read', () => {
    const entry = (id: string, type: string, data: object) =>
      [id, ['type', type, 'data', JSON.stringify(data)]] as const;
    const step = { type: 'step', completedRows: 0, totalRows: 1, completedSteps: 3, totalSteps: 10, secondsLeft: 1 };
    const job = stored(
      {},
      { events: [entry('2-0', 'step', step), entry('1-0', 'started', { type: 'started', from: 'later' })] },
    );
    expect(newestEvent(job, 'step')).toEqual(step);
    expect(newestEvent(job, 'started')).toBeUndefined();
    expect(newestEvent(job, 'preview')).toBeUndefined();
  });

  it('is read as far as it can be when a part of its record is damaged', () => {
    const damaged = stored(
      { data: '{', timestamp: 'x', processedOn: '1e300', ats: 'two', returnvalue: '[', finishedOn: String(CREATED) },
      {
        ledger: ['{"at":', 'x', '7'],
        events: [
          ['1-0', ['type', 'step', 'data', '{']],
          ['2-0', []],
        ],
      },
    );
    expect(damaged).toMatchObject({
      data: '{',
      returnValue: '[',
      attempts: 0,
      cancel: undefined,
      startedAt: undefined,
    });
    expect(commonView(damaged).createdAt).toBe('2024-06-10T02:35:18.400Z'); // of its id
    expect(newestEvent(damaged, 'step')).toBeUndefined();
  });
});

import { Logger } from '@nestjs/common';
import { Registry } from 'prom-client';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CancelledError } from '#ddim';
import { GuardMetrics } from '#metrics';
import { Pauses } from './pauses.js';

/** Plays what takes jobs, and remembers what it heard. */
class Intake {
  readonly heard: string[] = [];
  isPaused = () => this.heard.at(-1) === 'pause';
  pause = () => Promise.resolve(void this.heard.push('pause'));
  resume = () => Promise.resolve(void this.heard.push('resume'));
}

describe('The pauses of a worker', () => {
  let registry: Registry;
  let pauses: Pauses;
  let intake: Intake;

  beforeAll(() => Logger.overrideLogger(false));
  beforeEach(() => {
    registry = new Registry();
    pauses = new Pauses(new GuardMetrics(registry));
    intake = new Intake();
    pauses.govern([intake]);
  });

  const paused = async (cause: string) => {
    const metric = await registry.getSingleMetric('stride_intake_paused')?.get();
    return metric?.values.find(({ labels }) => labels.cause === cause)?.value;
  };

  it('last until every cause has ended, and give each its reason', () => {
    pauses.begin('redis', 'it may evict jobs');
    pauses.begin('store', 'the disk is full');
    pauses.end('redis');
    expect(pauses.all).toEqual([{ cause: 'store', reason: 'the disk is full' }]);
    expect(intake.heard).toEqual(['pause']);
    pauses.end('store');
    expect(intake.heard).toEqual(['pause', 'resume']);
    expect(pauses.all).toEqual([]);
  });

  it('can be begun and ended again and again', () => {
    pauses.begin('store', 'the disk is full');
    pauses.begin('store', 'the disk is gone');
    pauses.end('store');
    pauses.end('store');
    expect(intake.heard).toEqual(['pause', 'resume']);
  });

  it('hold for an intake that begins later', () => {
    pauses.begin('store', 'the disk is full');
    const later = new Intake();
    pauses.govern([intake, later]);
    expect(later.heard).toEqual(['pause']);
  });

  it('send a job back that came all the same, with the reason', () => {
    expect(() => pauses.refuseJobs()).not.toThrow();
    pauses.begin('engine', 'a thread hangs');
    expect(() => pauses.refuseJobs()).toThrow(new CancelledError('shutdown', 'a thread hangs'));
  });

  it('are a metric, each cause from the start', async () => {
    expect(await paused('store')).toBe(0);
    pauses.begin('store', 'the disk is full');
    expect(await paused('store')).toBe(1);
    expect(await paused('redis')).toBe(0);
  });
});

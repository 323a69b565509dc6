import type { OutputForm } from './output-form.js';
import type { SamplingOptions } from './sampling-options.js';
import { makeNoiseSchedule, type NoiseSchedule, type NoiseScheduleConfig } from './schedule.js';
import { planSteps, type StepPlan } from './step-plan.js';
import type { Direction } from '../vocabulary.js';

/** What a plan takes beside its arrays, with its options and its place in the cache. */
const ENTRY_BYTES = 1_024;

/**
 * Plans by their content, the least recently used making room: requests of one kind share one plan, and
 * models with one schedule share theirs. A plan costs as much as the rest of a small request.
 */
export class PlanCache {
  private readonly plans = new Map<string, StepPlan>();
  private readonly schedules = new WeakMap<NoiseScheduleConfig, NoiseSchedule>();
  private readonly scheduleNumbers = new WeakMap<NoiseScheduleConfig, number>();
  /** By content, so that equal schedules of two models are one. */
  private readonly numbers = new Map<string, number>();
  private nextNumber = 0;
  private contentBytes = 0;
  private bytes = 0;

  /**
   * @param maxBytes of the plans it keeps; an engine that uses them has their arrays once more in shared
   * memory
   */
  constructor(private readonly maxBytes: number) {}

  /**
   * The plan of planSteps; a form may have more fields than count. @throws InputError as planSteps does, each
   * time
   */
  plan(schedule: NoiseScheduleConfig, form: OutputForm, options: SamplingOptions, direction: Direction): StepPlan {
    const { predictionType, preconditioning, sigmaData, sigmaSkip } = form;
    const ownForm = { predictionType, preconditioning, sigmaData, sigmaSkip };
    const key = `${this.numberOf(schedule)} ${direction} ${JSON.stringify([ownForm, options])}`;
    const plan = this.plans.get(key) ?? planSteps(this.schedule(schedule), ownForm, options, direction);
    this.remember(key, plan);
    return plan;
  }

  private remember(key: string, plan: StepPlan): void {
    if (this.plans.delete(key)) this.bytes -= entryBytes(key, plan);
    this.plans.set(key, plan); // the most recently used last
    this.bytes += entryBytes(key, plan);
    for (const [oldKey, oldPlan] of this.plans) {
      if (this.bytes <= this.maxBytes) return;
      this.plans.delete(oldKey);
      this.bytes -= entryBytes(oldKey, oldPlan);
    }
  }

  /** A plan is cheap beside the T numbers of its schedule. */
  private schedule(config: NoiseScheduleConfig): NoiseSchedule {
    const schedule = this.schedules.get(config) ?? makeNoiseSchedule(config);
    this.schedules.set(config, schedule);
    return schedule;
  }

  /** Names a schedule in keys: ten thousand given betas would make a key of 200 KB. */
  private numberOf(config: NoiseScheduleConfig): number {
    const known = this.scheduleNumbers.get(config);
    if (known !== undefined) return known;
    const content = JSON.stringify(config);
    const number = this.numbers.get(content) ?? this.number(content);
    this.scheduleNumbers.set(config, number);
    return number;
  }

  /** No number is given twice: a schedule that was forgotten and comes again is planned anew. */
  private number(content: string): number {
    if (this.contentBytes + content.length > this.maxBytes) {
      this.numbers.clear();
      this.contentBytes = 0;
    }
    this.numbers.set(content, this.nextNumber);
    this.contentBytes += content.length;
    return this.nextNumber++;
  }
}

function entryBytes(key: string, { timesteps, levels, coefficients, noiseFactors }: StepPlan): number {
  const arrays = timesteps.byteLength + levels.byteLength + coefficients.byteLength + noiseFactors.byteLength;
  return ENTRY_BYTES + key.length + arrays;
}

import { parseWarning, planForModel, type SamplingOptions, type Warning } from '#ddim';
import { resolveSamplingOptions, type SamplingRequest } from '#contract';
import type { ModelVersionRecord } from '#storage';
import { jsonBytes } from '../jobs/submit/job-size.js';
import { startTimestepOf } from './starting-point.js';

/** How a request is to be run by its model. */
interface SamplingPlan {
  readonly options: SamplingOptions;
  readonly warnings: Warning[];
  readonly numSteps: number;
  /** Of JSON: `options` and `warnings` as an object. */
  readonly bytes: number;
}

const MOST_PLANS = 500;

/** Plans of requests, remembered: a client asks for the same again and again. */
export class SamplingPlans {
  private readonly plans = new Map<string, SamplingPlan>();
  private readonly numbers = new WeakMap<ModelVersionRecord, number>();
  private nextNumber = 0;

  /** @throws InputError that says why the model cannot run the request, each time */
  plan(request: SamplingRequest, record: ModelVersionRecord): SamplingPlan {
    const asked = askedOf(request);
    const key = `${this.numberOf(record)} ${JSON.stringify(asked)}`;
    const known = this.plans.get(key);
    if (known !== undefined) return known;
    const plan = planOf(asked, record);
    if (this.plans.size === MOST_PLANS) this.plans.clear();
    this.plans.set(key, plan);
    return plan;
  }

  /** Of this very record: one that was read anew may say something else. */
  private numberOf(record: ModelVersionRecord): number {
    const number = this.numbers.get(record) ?? this.nextNumber++;
    this.numbers.set(record, number);
    return number;
  }
}

/** A request without what plans do not depend on and most requests have of their own. */
function askedOf(request: SamplingRequest) {
  const {
    observations: _observations,
    initialNoise: _initialNoise,
    initialActions: _initialActions,
    fixedActions: _fixedActions,
    realTimeChunking: _realTimeChunking,
    model: _model,
    seed: _seed,
    deadlineMs: _deadlineMs,
    supersedeKey: _supersedeKey,
    webhook: _webhook,
    metadata: _metadata,
    warmStart,
    ...options
  } = request;
  return { isWarmStart: warmStart !== undefined, ...options };
}

function planOf(asked: ReturnType<typeof askedOf>, record: ModelVersionRecord): SamplingPlan {
  const resolved = resolveSamplingOptions(asked, record.sampling);
  const options = { startTimestep: startTimestepOf(asked, resolved, record), ...resolved };
  const plan = planForModel(record, options, asked.mode);
  const warnings = plan.warnings.map(parseWarning);
  return { options, warnings, numSteps: plan.timesteps.length, bytes: jsonBytes({ options, warnings }) };
}

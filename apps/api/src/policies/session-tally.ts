import { randomBytes } from 'node:crypto';
import type { PolicySessionInfo } from '#contract';
import type { PolicyMetrics } from '#metrics';
import type { Plan } from './plan.js';
import { RecentRate } from './recent-rate.js';
import type { SessionMemory } from './session-memory.js';

/** Plans whose times are kept. */
const RECENT_PLANS = 128;

/** What is shown of a session's memory. */
interface SessionFacts extends Pick<SessionMemory, 'fps'> {
  readonly settings: Pick<SessionMemory['settings'], 'steps'>;
  readonly record: Pick<SessionMemory['record'], 'name' | 'version'> & {
    readonly sampling: Pick<SessionMemory['record']['sampling'], 'numInferenceSteps'>;
  };
}

interface TallyOf {
  readonly memory: SessionFacts;
  readonly owner: string;
  readonly protocol: PolicySessionInfo['protocol'];
}

/** Counts what the observations of one session come to, for its page and for the metrics of all. */
export class SessionTally {
  private readonly id = `ses_${randomBytes(6).toString('hex')}`;
  private readonly startedAt = new Date().toISOString();
  private readonly ends = { planned: 0, superseded: 0, late: 0, refused: 0 };
  private readonly observationRate = new RecentRate();
  private readonly planRate = new RecentRate();
  private readonly seconds: number[] = [];
  private readonly seams = { last: 0, sum: 0, max: 0, count: 0 };
  private observations = 0;
  private overruns = 0;
  private newest: { readonly delaySteps: number; readonly seconds: number } | undefined;

  constructor(
    private readonly of: TallyOf,
    private readonly metrics: PolicyMetrics,
  ) {}

  observed(): void {
    this.observations += 1;
    this.observationRate.count();
  }

  /** @param seconds from the observation until the plan was sent */
  planned({ delaySteps, seamJump }: Pick<Plan, 'delaySteps' | 'seamJump'>, seconds: number): void {
    const { fps } = this.of.memory;
    this.metrics.observed('planned', seconds);
    this.ends.planned += 1;
    this.planRate.count();
    this.newest = { delaySteps, seconds };
    this.seconds.push(seconds);
    if (this.seconds.length > RECENT_PLANS) this.seconds.shift();
    if (seamJump === undefined) return;
    if (fps !== undefined && seconds * fps > delaySteps) this.overruns += 1;
    const { seams } = this;
    Object.assign(seams, { last: seamJump, sum: seams.sum + seamJump, max: Math.max(seams.max, seamJump) });
    seams.count += 1;
  }

  /** An observation, or another frame, that came to no plan. */
  ended(end: 'superseded' | 'late' | 'refused'): void {
    this.metrics.observed(end);
    this.ends[end] += 1;
  }

  /** As it is shown now. @param api the process that holds the connection */
  view(api: string): PolicySessionInfo {
    const { id, startedAt, of, observations, overruns, newest } = this;
    const { last, sum, max, count } = this.seams;
    const { record, settings, fps = null } = of.memory;
    const { name, version, sampling } = record;
    return {
      id,
      api,
      owner: of.owner,
      model: `${name}@${version}`,
      protocol: of.protocol,
      startedAt,
      steps: settings.steps ?? sampling.numInferenceSteps,
      fps,
      observations,
      ...this.ends,
      overruns,
      observationsPerSecond: this.observationRate.perSecond(),
      plansPerSecond: this.planRate.perSecond(),
      planSeconds: planSeconds(this.seconds),
      delaySteps: newest?.delaySteps ?? null,
      delayActions: newest === undefined || fps === null ? null : newest.seconds * fps,
      seamJump: count === 0 ? null : { last, max, count, mean: sum / count },
    };
  }
}

/** Nearest ranks. */
function planSeconds(seconds: readonly number[]): PolicySessionInfo['planSeconds'] {
  const sorted = [...seconds].sort((left, right) => left - right);
  const at = (percent: number) => sorted[Math.ceil((percent * sorted.length) / 100) - 1] ?? 0;
  return sorted.length === 0 ? null : { p50: at(50), p95: at(95), max: at(100) };
}

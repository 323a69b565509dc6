import { packTensor, type Schemas, type StrideClient } from '#client';
import { HORIZON } from './demonstrations.js';
import type { Planner } from './planner.js';

type Continuation = Pick<Schemas['SamplingRequest'], 'warmStart' | 'strength' | 'fixedActions'>;
interface HttpPlannerOptions {
  readonly model: string;
  readonly method: 'warm start' | 'first actions fixed';
  readonly seed: number;
}

/** How much of a warm start is drawn anew. */
const STRENGTH = 0.5;
/** Plans of an episode; the seeds of two episodes do not meet. */
const SEEDS_PER_EPISODE = 1_000;

/** Plans by jobs of the HTTP API, that continue the plan before as one of its options does. */
export class HttpPlanner implements Planner {
  private plan: Float32Array | undefined;
  private position = 0;
  private taken = 0;
  private numPlans = 0;

  constructor(
    private readonly client: StrideClient,
    private readonly options: HttpPlannerOptions,
  ) {}

  async infer(observation: readonly number[], delay: number): Promise<Float32Array> {
    const { taken } = this;
    const { model, seed } = this.options;
    const { actions } = await this.client.sample({
      model,
      observations: packTensor(Float32Array.from(observation), [1, observation.length]),
      seed: SEEDS_PER_EPISODE * seed + this.numPlans++,
      priority: 'interactive',
      ...(this.plan && this.continuation(this.plan, delay)),
    });
    this.plan = actions;
    this.position = this.taken - taken;
    return actions;
  }

  nextAction(): Float32Array | undefined {
    if (this.plan === undefined || this.position >= HORIZON) return undefined;
    this.taken += 1;
    return this.plan.slice(2 * this.position, 2 * ++this.position);
  }

  close(): void {
    this.plan = undefined;
  }

  private continuation(plan: Float32Array, delay: number): Continuation {
    const shape = [1, HORIZON, 2];
    if (this.options.method === 'warm start')
      return {
        warmStart: { previousActions: packTensor(plan, shape), executedSteps: this.position },
        strength: STRENGTH,
      };
    const values = new Float32Array(plan.length);
    values.set(plan.subarray(2 * this.position));
    const mask = Array.from({ length: HORIZON }, (_, h) => h < delay);
    return { fixedActions: { mask, values: packTensor(values, shape) } };
  }
}

import { computed, signal, type ReadonlySignal } from '@preact/signals';
import type { Schemas } from '#client';

type Request = Schemas['SamplingRequest'];

/** Nobody looks at what comes later, so that nothing waits for ever where no worker is. */
const DEADLINE_MS = 30_000;
export const MAX_STEPS = 250;
export const MAX_GUIDANCE = 8;
export const MAX_SAMPLES = 24;

/** What one has set to try a version, and the request that it means. */
export class TrySettings {
  readonly steps;
  readonly eta;
  readonly guidance = signal(1);
  readonly seed = signal(0);
  readonly samples = signal(6);
  readonly precision = signal<'float32' | 'int8' | 'bf16'>('float32');
  readonly observation;
  readonly request: ReadonlySignal<Request>;

  constructor(version: Pick<Schemas['ModelVersion'], 'name' | 'version' | 'config' | 'sampling' | 'guidable'>) {
    const { numInferenceSteps, eta } = version.sampling;
    this.steps = signal(typeof numInferenceSteps === 'number' ? numInferenceSteps : 10);
    this.eta = signal(typeof eta === 'number' ? eta : 0);
    this.observation = signal<readonly number[]>(Array.from({ length: version.config.obsSize }, () => 0));
    const supersedeKey = `try-${randomWord()}`;
    this.request = computed(() => ({
      model: `${version.name}@${version.version}`,
      observations: [[...this.observation.value]],
      samplesPerObservation: this.samples.value,
      numInferenceSteps: this.steps.value,
      eta: this.eta.value,
      seed: this.seed.value,
      ...(version.guidable && this.guidance.value !== 1 && { guidanceScale: this.guidance.value }),
      ...(this.precision.value !== 'float32' && { precision: this.precision.value }),
      priority: 'interactive',
      deadlineMs: DEADLINE_MS,
      supersedeKey,
    }));
  }

  /** One number of the observation. */
  observe(j: number, value: number): void {
    this.observation.value = this.observation.value.with(j, value);
  }
}

/** Not crypto.randomUUID, which only https and loopback have. */
function randomWord(): string {
  return [...crypto.getRandomValues(new Uint32Array(2))].map((word) => word.toString(36)).join('');
}

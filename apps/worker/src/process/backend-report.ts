import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Engine } from '#engine';
import { BackendMetrics } from '#metrics';
import type { BackendChoice } from '#training';
import { BACKEND_CHOICE } from './backend-choice.js';

/** Says once, when a worker starts, what it runs on and why: in its log and in its metrics. */
@Injectable()
export class BackendReport implements OnModuleInit {
  readonly #logger = new Logger('Backend');

  constructor(
    @Inject(BACKEND_CHOICE) private readonly choice: BackendChoice,
    private readonly engine: Engine,
    private readonly metrics: BackendMetrics,
  ) {}

  onModuleInit(): void {
    const { info } = this.engine;
    this.metrics.started(info, this.choice);
    const { reason, rejected, devices, training } = this.choice;
    const on = `${info.kind} ${info.version} on ${info.provider}, ${devices?.join(' and ') ?? info.device}: ${reason}`;
    const trains = `trains on ${training.options.providers.join(', ') || 'the same'}`;
    const not = [...rejected, ...info.rejected].map((one) => `not ${one.provider}: ${one.reason}`);
    this.#logger.log([on, trains, ...not].join('; '));
  }
}

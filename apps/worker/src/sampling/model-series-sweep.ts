import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { InputError } from '#ddim';
import { ModelSeries } from '#metrics';
import { ModelRegistry } from '#storage';

const MINUTE_MS = 60_000;

/** Looks each minute whose series can be forgotten. */
@Injectable()
export class ModelSeriesSweep implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #logger = new Logger(ModelSeriesSweep.name);
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly series: ModelSeries,
    private readonly registry: ModelRegistry,
  ) {}

  onApplicationBootstrap(): void {
    this.#timer = setInterval(() => {
      this.series
        .sweep((model) => this.#exists(model))
        // the store is away: next time
        .catch((error: unknown) => this.#logger.debug(`no sweep: ${String(error)}`));
    }, MINUTE_MS);
  }

  onModuleDestroy(): void {
    clearInterval(this.#timer);
  }

  async #exists(model: string): Promise<boolean> {
    try {
      await this.registry.resolve(model);
      return true;
    } catch (error) {
      if (error instanceof InputError) return false;
      throw error;
    }
  }
}

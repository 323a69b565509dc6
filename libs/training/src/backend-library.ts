import { InputError } from '#ddim';
import type { BackendInfo, BackendOptions } from '#engine';

/** What a worker would have its engine and its trainings run on. */
export interface BackendWish {
  /** Names of `BackendLibrary.providers` in order of preference; empty: as the library likes best. */
  readonly providers: readonly string[];
  /** The first so many devices, or those in whose names these texts occur, one each; absent: the first. */
  readonly devices?: number | readonly string[] | undefined;
}

/** A module of a library, and what it is asked to run on. */
export interface BackendPlace {
  /** File URL of a compiled BackendModule or TrainBackendModule. */
  readonly module: string;
  readonly options: BackendOptions;
}

/** What a worker runs on: found once, when it starts, and given to all of its threads. */
export interface BackendChoice {
  readonly sampling: BackendPlace;
  readonly training: BackendPlace;
  /** Those on which the engine has a thread each, where there is more than one to choose from. */
  readonly devices?: readonly string[];
  /** Why this: one of few sentences. */
  readonly reason: string;
  /** What would have come first, each with the reason why it was not taken. */
  readonly rejected: BackendInfo['rejected'];
}

/** What a worker must know of a library that computes: what it can run on, and where its modules lie. */
export interface BackendLibrary {
  /** Names that BackendWish.providers may hold, in the order in which they are tried. */
  readonly providers: readonly string[];
  /** @throws InputError `unknown_device`; EngineError `no_provider` when nothing that is wished works here */
  choose(wish: BackendWish): Promise<BackendChoice>;
}

/**
 * A library that somebody asks for by its name: its threads find out what of it works, and each runs on the
 * first device.
 */
export function namedLibrary(modules: {
  readonly sampling: string;
  readonly training: string;
  readonly providers: readonly string[];
}): BackendLibrary {
  const { sampling, training, providers } = modules;
  return {
    providers,
    choose: async ({ providers: wished, devices = 1 }) => {
      if (devices !== 1)
        throw new InputError('unknown_device', 'STRIDE_DEVICES must be 1 or absent beside this STRIDE_BACKEND');
      const options = { providers: wished };
      return {
        sampling: { module: sampling, options },
        training: { module: training, options },
        reason: 'STRIDE_BACKEND names it',
        rejected: [],
      };
    },
  };
}

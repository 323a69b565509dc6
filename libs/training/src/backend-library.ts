/** What a worker must know of a library that computes: where its modules lie, and what it can run on. */
export interface BackendLibrary {
  /** File URL of a compiled BackendModule. */
  readonly sampling: string;
  /** File URL of a compiled TrainBackendModule. */
  readonly training: string;
  /** Names that BackendOptions.providers may hold, in the order in which they are tried. */
  readonly providers: readonly string[];
}

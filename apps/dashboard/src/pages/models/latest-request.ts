/** What runs a request; it ends early when the signal is aborted. */
type Run<Request> = (request: Request, signal: AbortSignal) => Promise<void>;

/**
 * Runs the newest of many requests. One that is under way gives its place to a newer one, whose work is worth
 * more; but one that has taken a place keeps it, or whoever moves a slider all the time would see nothing.
 */
export class LatestRequest<Request> {
  private current: { readonly isSuccessor: boolean; readonly ending: AbortController } | undefined;
  private waiting: { readonly request: Request } | undefined;

  constructor(private readonly run: Run<Request>) {}

  ask(request: Request): void {
    if (this.current === undefined) return this.begin(request, false);
    if (this.current.isSuccessor) {
      this.waiting = { request };
      return;
    }
    this.current.ending.abort();
    this.begin(request, true);
  }

  /** Ends what is under way, and forgets what waits. */
  close(): void {
    this.waiting = undefined;
    this.current?.ending.abort();
    this.current = undefined;
  }

  private begin(request: Request, isSuccessor: boolean): void {
    const current = { isSuccessor, ending: new AbortController() };
    this.current = current;
    const end = () => {
      if (this.current !== current) return;
      this.current = undefined;
      const { waiting } = this;
      this.waiting = undefined;
      if (waiting !== undefined) this.begin(waiting.request, false);
    };
    this.run(request, current.ending.signal).then(end, end); // whoever runs it shows what was wrong
  }
}

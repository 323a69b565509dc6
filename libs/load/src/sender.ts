/** How one job ended: undefined when it succeeded, else a code. */
export type ErrorCode = string | undefined;

/** Where jobs go, and what they ask for. */
export interface LoadTarget {
  readonly baseUrl: string;
  /** Further ones of each request, such as Authorization. */
  readonly headers?: Readonly<Record<string, string>>;
  /** A name, name@version or name@alias. */
  readonly model: string;
  readonly obsSize: number;
  /** Of the observations. */
  readonly seed: number;
}

/** One way to send jobs of some sizes and to wait for their results, over connections that stay open. */
export interface Sender {
  /** Runs job number `index`, which is of size number `place`, to its end; never rejects. */
  run(place: number, index: number): Promise<ErrorCode>;
  close(): void;
}

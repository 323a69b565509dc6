import type { IncomingMessage, ServerResponse } from 'node:http';

/** Lets a request go on, or refuses it with the error that becomes its answer. */
export type Next = (error?: unknown) => void;

/** What looks at a request before it is routed, on what Node gives alone; it may also throw its refusal. */
export type Middleware = (request: IncomingMessage, response: ServerResponse, next: Next) => void;

/** All of them in order as one; the first refusal goes to `refuse`. */
export function inOrder(
  steps: readonly Middleware[],
  refuse: (error: unknown, request: IncomingMessage, response: ServerResponse) => void,
): (request: IncomingMessage, response: ServerResponse, done: () => void) => void {
  return (request, response, done) => {
    const take = (index: number): void => {
      const step = steps[index];
      if (step === undefined) return done();
      try {
        step(request, response, (error) => {
          if (error === undefined) take(index + 1);
          else refuse(error, request, response);
        });
      } catch (error) {
        refuse(error, request, response);
      }
    };
    take(0);
  };
}

import type { Message } from '#storage';
import type { HttpProblem } from '../http/problem.js';
import type { Plan } from './plan.js';

/** What a frame of a client asks for. */
export type ClientRequest =
  | { readonly kind: 'observation'; readonly observation: Message; readonly seq: unknown }
  /** A new episode: what was planned before does not matter any more. */
  | { readonly kind: 'reset'; readonly reply?: string }
  | { readonly kind: 'answered'; readonly reply?: Uint8Array };

/** What goes back; a text is sent as such. */
export type Frame = Uint8Array | string;

/** How one kind of client says what all of them want. */
export interface Dialect {
  /** What a client gets before it has said anything. */
  readonly greeting: Frame | undefined;
  /** Whether a refusal ends the session. */
  readonly closesOnRefusal: boolean;
  /** @throws HttpProblem or InputError for what is no message of this kind of client */
  read(message: Message): ClientRequest;
  plan(plan: Plan, seq: unknown): Frame;
  /** For an observation that came to nothing: a newer one came, or its time was over. */
  nothing(problem: HttpProblem, at: { readonly chunk: number; readonly seq: unknown }): Frame;
  refusal(problem: HttpProblem, seq: unknown): Frame;
}

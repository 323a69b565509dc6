import { arrayValue, encodeMessage, messageIn, type Message } from '#storage';
import { fieldProblem, type HttpProblem } from '../http/problem.js';
import type { ClientRequest, Dialect } from './dialect.js';
import type { Plan } from './plan.js';

const PROTOCOL_VERSION = 1;
const TYPES = ['hello', 'observation', 'episode_start', 'episode_end', 'error'];

/** The protocol of vla-eval (src/vla_eval/protocol/messages.py): one step per observation. */
export class VlaEvalDialect implements Dialect {
  readonly closesOnRefusal = false;
  readonly greeting = undefined;
  /** Steps of the plan that are not executed yet. */
  private steps: Float32Array[] = [];

  constructor(
    private readonly hello: Readonly<Record<string, unknown>>,
    private readonly chunkSize: number | undefined,
  ) {}

  read(message: Message): ClientRequest {
    const [type, seq] = [message.get('type'), message.get('seq')];
    for (const field of ['type', 'payload', 'seq', 'timestamp'])
      if (!message.has(field)) throw fieldProblem(field, 'required, and missing');
    if (!Number.isSafeInteger(seq)) throw fieldProblem('seq', 'expected a whole number');
    switch (type) {
      case 'hello':
        return { kind: 'answered', reply: envelope('hello', this.helloPayload(), seq) };
      case 'observation':
        return this.observed(messageIn(message.get('payload'), 'payload'), seq);
      case 'episode_start':
        this.steps = [];
        return { kind: 'reset' };
      case 'episode_end':
      case 'error':
        return { kind: 'answered' };
      default:
        throw fieldProblem('type', `expected ${TYPES.join(' or ')}`);
    }
  }

  plan({ shape, actions }: Plan, seq: unknown): Uint8Array {
    const [, horizon = 1, dim = actions.length] = shape;
    const steps = Array.from({ length: horizon }, (_, step) => actions.subarray(step * dim, (step + 1) * dim));
    this.steps = steps.slice(0, this.chunkSize);
    return this.nextStep(seq);
  }

  nothing(problem: HttpProblem, { seq }: { readonly seq: unknown }): Uint8Array {
    return this.refusal(problem, seq);
  }

  refusal({ code, message }: HttpProblem, seq: unknown): Uint8Array {
    return envelope('error', { error: `${code}: ${message}` }, seq);
  }

  /** Another step of the plan, as long as there is one. */
  private observed(observation: Message, seq: unknown): ClientRequest {
    if (this.steps.length === 0) return { kind: 'observation', observation, seq };
    return { kind: 'answered', reply: this.nextStep(seq) };
  }

  private nextStep(seq: unknown): Uint8Array {
    const data = this.steps.shift() ?? new Float32Array();
    return envelope('action', { actions: arrayValue({ dtype: 'float32', shape: [data.length], data }, 'text') }, seq);
  }

  private helloPayload() {
    return { harness_version: 'stride', protocol_version: PROTOCOL_VERSION, model_server: 'stride', ...this.hello };
  }
}

function envelope(type: string, payload: object, seq: unknown): Uint8Array {
  return encodeMessage({ type, payload, seq: seq ?? 0, timestamp: Date.now() / 1_000 });
}

import { arrayValue, encodeMessage, type Message } from '#storage';
import { fieldProblem, type HttpProblem } from '../http/problem.js';
import type { ClientRequest, Dialect } from './dialect.js';
import type { Plan } from './plan.js';

/**
 * The protocol of openpi (src/openpi/serving/websocket_policy_server.py), with the `endpoint` of RoboArena
 * (roboarena/policy_server.py).
 */
export class OpenpiDialect implements Dialect {
  readonly closesOnRefusal = true;
  readonly greeting: Uint8Array;

  constructor(metadata: Readonly<Record<string, unknown>>) {
    this.greeting = encodeMessage(metadata);
  }

  read(message: Message): ClientRequest {
    const endpoint = message.get('endpoint') ?? 'infer';
    if (endpoint === 'reset') return { kind: 'reset', reply: 'reset successful' };
    if (endpoint !== 'infer') throw fieldProblem('endpoint', 'expected infer or reset');
    return { kind: 'observation', observation: message, seq: undefined };
  }

  plan({ chunk, jobId, seed, shape, actions, delaySteps, times, timing }: Plan): Uint8Array {
    return encodeMessage({
      actions: arrayValue({ dtype: 'float32', shape: shape[0] === 1 ? shape.slice(1) : shape, data: actions }),
      policy_timing: { infer_ms: timing.runMs, queue_ms: timing.queuedMs, denoise_ms: timing.denoiseMs },
      server_timing: { infer_ms: timing.totalMs, prev_total_ms: timing.previousTotalMs },
      chunk,
      delay_steps: delaySteps,
      action_times: times && arrayValue({ dtype: 'float64', shape: [times.length], data: times }),
      seed: BigInt(seed),
      job: jobId,
    });
  }

  nothing({ code, message }: HttpProblem, { chunk }: { readonly chunk: number }): Uint8Array {
    return encodeMessage({ error: { code, detail: message }, chunk });
  }

  refusal({ code, message }: HttpProblem): string {
    return `${code}: ${message}`;
  }
}

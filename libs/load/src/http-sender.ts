import { z } from 'zod';
import { HttpConnections, WAIT_SECONDS, type Answer } from './http-connections.js';
import { JobBodies } from './job-bodies.js';
import type { LoadSize } from './job-mix.js';
import type { ErrorCode, LoadTarget, Sender } from './sender.js';

const SUCCEEDED = '"status":"succeeded"';

const Refusal = z.object({ code: z.string() });
const EndedJob = z.object({ status: z.string(), error: z.object({ code: z.string() }).nullable() });

/** Sends jobs and waits for their results, in base64 as a program would. */
export class HttpSender implements Sender {
  private readonly bodies: JobBodies;
  private readonly connections: HttpConnections;

  constructor(sizes: readonly LoadSize[], target: LoadTarget) {
    this.bodies = new JobBodies(sizes, target);
    this.connections = new HttpConnections(`${target.baseUrl.replace(/\/+$/, '')}/v1/sampling-jobs`, {
      ...target.headers,
      'Content-Type': 'application/json',
      Prefer: `wait=${WAIT_SECONDS}, tensors=base64`,
    });
  }

  async run(place: number, index: number): Promise<ErrorCode> {
    return errorOf(await this.connections.post(this.bodies.of(place, index)));
  }

  close(): void {
    this.connections.close();
  }
}

/**
 * A search in the bytes: parsing a result of thousands of numbers would cost more than sending it. Inside a
 * JSON string the quotes were escaped.
 */
function errorOf(answer: Answer): ErrorCode {
  if ('failure' in answer) return answer.failure;
  const { status, body } = answer;
  if (status === 200 && body.includes(SUCCEEDED)) return undefined;
  if (status === 202) return 'not_finished';
  const said = parse(body);
  const job = EndedJob.safeParse(said).data;
  return job?.error?.code ?? job?.status ?? Refusal.safeParse(said).data?.code ?? `http_${status}`;
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined; // whatever a proxy in between has to say
  }
}

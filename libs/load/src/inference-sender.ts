import { HttpConnections, type Answer } from './http-connections.js';
import { BODIES_PER_SIZE } from './job-bodies.js';
import type { LoadSize } from './job-mix.js';
import { seededObservations } from './seeded.js';
import type { ErrorCode, LoadTarget, Sender } from './sender.js';

interface Inference {
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/** Sends jobs as clients of the Open Inference Protocol do: tensors as bytes behind their description. */
export class InferenceSender implements Sender {
  private readonly inferences: readonly (readonly Inference[])[];
  private readonly connections: HttpConnections;

  constructor(sizes: readonly LoadSize[], target: LoadTarget) {
    this.inferences = sizes.map((size, place) =>
      Array.from({ length: BODIES_PER_SIZE }, (_, i) => inferenceOf(size, target, place * BODIES_PER_SIZE + i)),
    );
    const path = `/v2/models/${encodeURIComponent(target.model)}/infer`;
    this.connections = new HttpConnections(`${target.baseUrl.replace(/\/+$/, '')}${path}`, target.headers ?? {});
  }

  async run(place: number, index: number): Promise<ErrorCode> {
    const inference = this.inferences[place]?.[index % BODIES_PER_SIZE];
    if (inference === undefined) throw new RangeError(`there is no size ${place}`);
    return errorOf(await this.connections.post(inference.body, inference.headers));
  }

  close(): void {
    this.connections.close();
  }
}

function inferenceOf({ rows, steps }: LoadSize, { obsSize, seed }: LoadTarget, index: number): Inference {
  const outputs = [{ name: 'actions', parameters: { binary_data: true } }];
  const values = seededObservations(seed, index, rows * obsSize);
  const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  const parameters = { num_inference_steps: steps, ...(obsSize === 0 && { samples_per_observation: rows }) };
  const observations = {
    name: 'observations',
    datatype: 'FP32',
    shape: [rows, obsSize],
    parameters: { binary_data_size: bytes.length },
  };
  const described = Buffer.from(JSON.stringify({ parameters, outputs, inputs: obsSize === 0 ? [] : [observations] }));
  return {
    body: Buffer.concat([described, bytes]),
    headers: { 'Inference-Header-Content-Length': `${described.length}`, 'Content-Type': 'application/octet-stream' },
  };
}

/** A refusal is `{"error":"code: detail"}`. */
function errorOf(answer: Answer): ErrorCode {
  if ('failure' in answer) return answer.failure;
  if (answer.status === 200) return undefined;
  return /^\{"error":"(\w+):/.exec(answer.body.toString('utf8'))?.[1] ?? `http_${answer.status}`;
}

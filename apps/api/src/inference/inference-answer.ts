import type { InferenceAnswer } from '#contract';
import { toFloats } from '../sampling/result-format.js';
import { HEADER_LENGTH } from './inference-body.js';
import type { InferenceJob } from './inference-job.js';
import type { Inference } from './inference-runner.js';

/** What is sent of an inference that has succeeded. */
interface SentAnswer {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** The actions, in JSON or as bytes behind it. */
export function inferenceAnswer(
  { job, shape, data }: Inference,
  { id, isBinary }: Pick<InferenceJob, 'id' | 'isBinary'>,
): SentAnswer {
  const bytes = Buffer.from(data, 'base64');
  const output = { name: 'actions' as const, datatype: 'FP32' as const, shape: [...shape] };
  const answer: InferenceAnswer = {
    model_name: job.model.name,
    model_version: String(job.model.version),
    ...(id !== undefined && { id }),
    parameters: { job: job.id, seed: job.seed },
    outputs: [
      isBinary
        ? { ...output, parameters: { binary_data_size: bytes.length } }
        : { ...output, data: Array.from(toFloats(bytes)) },
    ],
  };
  const json = Buffer.from(JSON.stringify(answer));
  if (!isBinary) return { headers: { 'Content-Type': 'application/json' }, body: json };
  const headers = { 'Content-Type': 'application/octet-stream', [HEADER_LENGTH]: String(json.length) };
  return { headers, body: Buffer.concat([json, bytes]) };
}

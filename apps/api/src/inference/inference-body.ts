import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gunzip, inflate } from 'node:zlib';
import { parseJsonText } from '../http/body/json-text.js';
import { HttpProblem } from '../http/problem.js';
import { MAX_JSON_BYTES, readBody } from '../http/body/request-body.js';
import type { RequestGate } from '../http/request-gate.js';

/** Of a whole body, as it is and unpacked: some thousand rows of a robot's observations. */
const MAX_INFERENCE_BYTES = 8 * 1_024 ** 2;
export const HEADER_LENGTH = 'Inference-Header-Content-Length';

const UNPACK = { gzip: promisify(gunzip), deflate: promisify(inflate) };

/** What a request says, and the bytes of its tensors behind that. */
interface InferenceBody {
  readonly json: unknown;
  readonly bytes: Buffer;
}

/**
 * The body of an inference, at most 8 MiB of it and at most 1 MiB of JSON.
 * @throws HttpProblem like readBody and `splitBody`; `unsupported_encoding`, `decompressed_too_large`,
 * `bad_request` when it cannot be unpacked, `overloaded`
 */
export async function readInferenceBody(
  request: IncomingMessage,
  response: ServerResponse,
  gate: Pick<RequestGate, 'enter'>,
): Promise<InferenceBody> {
  const encoding = encodingOf(request);
  const packed = await readBody(request, MAX_INFERENCE_BYTES);
  gate.enter(response, packed.length);
  const bytes = encoding === undefined ? packed : await unpack(packed, encoding);
  if (encoding !== undefined) gate.enter(response, bytes.length);
  return splitBody(bytes, request.headers[HEADER_LENGTH.toLowerCase()]);
}

/**
 * The JSON of a body, and what follows it.
 * @param headerLength of the JSON, as the client says it; absent: there is nothing but JSON
 * @throws HttpProblem `bad_request` for a length that cannot be, `payload_too_large`, or like parseJsonText
 */
export function splitBody(body: Buffer, headerLength: string | readonly string[] | undefined): InferenceBody {
  const length = headerLength === undefined ? body.length : Number(headerLength);
  if (headerLength !== undefined && !/^\d{1,9}$/.test(String(headerLength)))
    throw new HttpProblem('bad_request', `${HEADER_LENGTH} must be the length of the JSON in bytes`);
  if (length > body.length)
    throw new HttpProblem('bad_request', `${HEADER_LENGTH} is ${length}, and the whole body has ${body.length} bytes`);
  if (length > MAX_JSON_BYTES)
    throw new HttpProblem(
      'payload_too_large',
      `the JSON is larger than ${MAX_JSON_BYTES} bytes; send tensors as bytes`,
    );
  return { json: parseJsonText(body.subarray(0, length)), bytes: body.subarray(length) };
}

function encodingOf({ headers }: IncomingMessage): keyof typeof UNPACK | undefined {
  const encoding = headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  if (encoding === 'identity') return undefined;
  if (encoding === 'gzip' || encoding === 'deflate') return encoding;
  throw new HttpProblem(
    'unsupported_encoding',
    `Content-Encoding must be gzip, deflate or absent, got ${encoding.slice(0, 50)}`,
  );
}

let lastUnpacked: Promise<unknown> = Promise.resolve();

/** One body at a time: what has grown a thousandfold is there only once. */
async function unpack(packed: Buffer, encoding: keyof typeof UNPACK): Promise<Buffer> {
  const before = lastUnpacked;
  const unpacking = before.then(() => UNPACK[encoding](packed, { maxOutputLength: MAX_INFERENCE_BYTES }));
  lastUnpacked = unpacking.catch(() => undefined);
  try {
    return await unpacking;
  } catch (cause) {
    if (cause instanceof RangeError)
      throw new HttpProblem('decompressed_too_large', `unpacked, the body is larger than ${MAX_INFERENCE_BYTES} bytes`);
    throw new HttpProblem('bad_request', `the body is not valid ${encoding}`, { cause });
  }
}

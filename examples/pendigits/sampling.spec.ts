import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { createStrideClient, packTensor } from '#client';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { sampleStrokes } from './sampling.js';

const Submission = z.object({
  model: z.literal('pendigits@1'),
  observations: z.object({ shape: z.tuple([z.int(), z.literal(10)]), dtype: z.literal('float32'), data: z.string() }),
  seed: z.int(),
});
type Submission = z.output<typeof Submission>;
type Answer = (request: IncomingMessage, response: ServerResponse, submission: Submission) => void;

let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

describe('sampleStrokes', () => {
  it('puts every stroke at the place of its label, however the jobs overtake each other', async () => {
    const held: (() => void)[] = [];
    const url = await serve((_request, response, submission) => {
      if (submission.seed < 6) held.push(() => finish(response, submission));
      else finish(response, submission);
      // The first two jobs answer after the last one.
      if (submission.seed === 18) for (const release of held) release();
    });
    const labels = Uint8Array.from({ length: 20 }, (_, i) => i % 10);
    const seen: number[] = [];
    const strokes = await sample(url, labels, (rows) => seen.push(rows));
    // The server writes the seed (place of the job's first row) and the digit into each stroke.
    const places = Array.from({ length: 20 }, (_, i) => [strokes[i * 16], strokes[i * 16 + 1]]);
    expect(places).toEqual(Array.from(labels, (label, i) => [Math.floor(i / 3) * 3, label]));
    expect(seen.at(-1)).toBe(20);
  });

  it('repeats a refused job and one whose connection was lost, with the same key', async () => {
    const keys = new Map<number, Set<unknown>>();
    const url = await serve((request, response, submission) => {
      const known = keys.get(submission.seed) ?? new Set();
      const repeats = known.size > 0 || keys.has(submission.seed);
      keys.set(submission.seed, known.add(request.headers['idempotency-key']));
      if (repeats) finish(response, submission);
      else if (submission.seed === 0) request.socket.destroy();
      else problem(response, submission.seed === 3 ? 503 : 429, 'queue_full');
    });
    await sample(url, new Uint8Array(9));
    expect([...keys.values()].map((known) => known.size)).toEqual([1, 1, 1]);
    expect(new Set([...keys.values()].flatMap((known) => [...known])).size).toBe(3);
  });

  it('gives up at once when a job fails or is refused for good', async () => {
    const failing = await serve((_request, response) =>
      send(response, 200, {
        id: 'smp_1',
        status: 'failed',
        finishedAt: 'now',
        error: { code: 'non_finite_result', message: '' },
      }),
    );
    await expect(sample(failing, new Uint8Array(3))).rejects.toMatchObject({ code: 'non_finite_result' });
    const refusing = await serve((_request, response) => problem(response, 404, 'model_not_found'));
    await expect(sample(refusing, new Uint8Array(3))).rejects.toMatchObject({ code: 'model_not_found' });
  });
});

function sample(url: string, labels: Uint8Array, onRows: (rows: number) => void = () => {}): Promise<Float32Array> {
  const plan = { model: 'pendigits@1', labels, numInferenceSteps: 10, eta: 0, rowsPerJob: 3, concurrency: 4, onRows };
  return sampleStrokes(createStrideClient(url), plan);
}

/** A service that does nothing but answer submissions. */
async function serve(answer: Answer): Promise<string> {
  const created = createServer((request, response) => {
    void json(request).then((body) => answer(request, response, Submission.parse(body)));
  });
  server?.close();
  server = created;
  await new Promise<void>((resolve) => created.listen(0, '127.0.0.1', resolve));
  const { port } = created.address() as AddressInfo;
  return `http://127.0.0.1:${port}`;
}

function finish(response: ServerResponse, { observations, seed }: Submission): void {
  const [rows] = observations.shape;
  const oneHot = new Float32Array(new Uint8Array(Buffer.from(observations.data, 'base64')).buffer);
  const digit = (row: number) => oneHot.subarray(row * 10, row * 10 + 10).indexOf(1);
  const strokes = Array.from({ length: rows }, (_, row) => [seed, digit(row), ...new Float32Array(14)]);
  const result = packTensor(Float32Array.from(strokes.flat()), [rows, 8, 2]);
  send(response, 200, { id: 'smp_1', status: 'succeeded', finishedAt: 'now', error: null, result });
}

function problem(response: ServerResponse, status: number, code: string): void {
  response.setHeader('Retry-After', '0');
  send(response, status, { code, detail: code });
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}

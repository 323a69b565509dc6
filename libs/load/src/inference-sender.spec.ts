import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { InferenceSender } from './inference-sender.js';

const SIZES = [{ rows: 2, steps: 10, weight: 1 }];

const observations = { name: 'observations', datatype: 'FP32', shape: [2, 3] };

describe('jobs by the Open Inference Protocol', () => {
  const opened: { close(): void }[] = [];
  afterEach(() => {
    for (const each of opened.splice(0)) each.close();
  });
  const start = async (listener: RequestListener, obsSize: number) => {
    const server = createServer(listener);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const sender = new InferenceSender(SIZES, { baseUrl, model: 'tiny@1', obsSize, seed: 1 });
    opened.push(sender, server);
    return sender;
  };

  it.each([
    [3, { num_inference_steps: 10 }, [{ ...observations, parameters: { binary_data_size: 24 } }]],
    [0, { num_inference_steps: 10, samples_per_observation: 2 }, []],
  ])('ask for two rows of a model with %i numbers of observation, as bytes', async (obsSize, parameters, inputs) => {
    const seen: unknown[] = [];
    const note = async (request: IncomingMessage): Promise<void> => {
      const body = await buffer(request);
      const length = Number(request.headers['inference-header-content-length']);
      seen.push(request.url, JSON.parse(body.subarray(0, length).toString()), body.length - length);
    };
    const sender = await start((request, response) => void note(request).then(() => response.end('{}')), obsSize);
    expect(await sender.run(0, 0)).toBeUndefined();
    const described = { parameters, inputs, outputs: [{ name: 'actions', parameters: { binary_data: true } }] };
    expect(seen).toMatchObject(['/v2/models/tiny%401/infer', described, 2 * obsSize * 4]);
  });

  it('end with the code of a refusal', async () => {
    const answers = ['{"error":"queue_full: 10,000 jobs wait"}', 'bad gateway'];
    const sender = await start((_request, response) => response.writeHead(503).end(answers.shift()), 3);
    expect([await sender.run(0, 0), await sender.run(0, 1)]).toEqual(['queue_full', 'http_503']);
  });
});

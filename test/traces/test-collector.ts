import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';

const Attributes = z
  .array(z.object({ key: z.string(), value: z.record(z.string(), z.unknown()) }))
  .transform((list) => Object.fromEntries(list.map(({ key, value }) => [key, Object.values(value)[0]])));

const Span = z.object({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().optional(),
  name: z.string(),
  startTimeUnixNano: z.string(),
  endTimeUnixNano: z.string(),
  attributes: Attributes,
});

const Export = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes: Attributes }),
      scopeSpans: z.array(z.object({ spans: z.array(Span) })),
    }),
  ),
});

/** A span as it was exported. */
export interface ExportedSpan extends z.output<typeof Span> {
  readonly service: unknown;
}

/** A collector of OpenTelemetry: it takes traces by HTTP as JSON, and keeps them. */
export class TestCollector {
  readonly spans: ExportedSpan[] = [];
  /** All that was sent, as text. */
  text = '';
  readonly #server: Server;
  readonly #events = new EventEmitter().setMaxListeners(0);

  private constructor() {
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  static async start(): Promise<TestCollector> {
    const collector = new TestCollector();
    collector.#server.listen(0, '127.0.0.1');
    await once(collector.#server, 'listening');
    return collector;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  ofTrace(traceId: string): ExportedSpan[] {
    return this.spans.filter((span) => span.traceId === traceId);
  }

  /** Looks at what is there, and again at what comes, until `look` has found something. */
  async until<Found>(look: () => Found | undefined): Promise<Found> {
    for (;;) {
      const found = look();
      if (found !== undefined) return found;
      await once(this.#events, 'taken');
    }
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#take(await json(request));
    response.writeHead(200, { 'Content-Type': 'application/json' }).end('{}');
  }

  #take(body: unknown): void {
    this.text += JSON.stringify(body);
    for (const { resource, scopeSpans } of Export.parse(body).resourceSpans) {
      const service = resource.attributes['service.name'];
      for (const { spans } of scopeSpans) this.spans.push(...spans.map((span) => ({ ...span, service })));
    }
    this.#events.emit('taken');
  }
}

import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

/** Where the build puts it, beside the compiled applications. */
const BUILT = fileURLToPath(new URL('../../../../../dashboard/', import.meta.url));
const PAGE = `${BUILT}index.html`;
const NOT_BUILT = 'The dashboard was not built: run npm run build. The API is at /v1, its description at /docs.\n';

/** Everything comes from here, and neither scripts nor styles stand inside the markup. */
const POLICY = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/** Serves the dashboard at `/`; its scripts and styles have the hash of their content in their name. */
export function serveDashboard(app: NestFastifyApplication): void {
  const page = existsSync(PAGE) ? readFileSync(PAGE) : undefined;
  const headers = { 'Cache-Control': 'no-cache', 'Content-Security-Policy': POLICY };
  app
    .getHttpAdapter()
    .getInstance()
    .get('/', (_request, reply) =>
      page === undefined
        ? reply.code(503).type('text/plain; charset=utf-8').send(NOT_BUILT)
        : reply.headers(headers).type('text/html; charset=utf-8').send(page),
    );
  if (page === undefined) return;
  app.useStaticAssets({
    root: `${BUILT}assets`,
    prefix: '/assets/',
    decorateReply: false,
    preCompressed: true,
    immutable: true,
    maxAge: '365d',
  });
}

import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { SwaggerModule } from '@nestjs/swagger';
import { Links } from '../network/links.js';
import { createDocument } from './document.js';

/**
 * Serves the document at /openapi.json, and Swagger UI at /docs with assets of its own package (no network).
 */
export function serveDocs(app: NestFastifyApplication): void {
  SwaggerModule.setup('docs', app, () => createDocument(app, app.get(Links).base || '/'), {
    raw: ['json'],
    jsonDocumentUrl: 'openapi.json',
    customSiteTitle: 'Stride API',
    swaggerOptions: { displayRequestDuration: true, tryItOutEnabled: true },
  });
}

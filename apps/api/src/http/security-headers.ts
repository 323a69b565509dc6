import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Next } from './middleware.js';

// Swagger UI and the queue board style themselves inline and draw with data URLs.
const POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'";

/** Headers that keep a browser from reading more into an answer than it says. */
export function secureAnswers(_request: IncomingMessage, response: ServerResponse, next: Next): void {
  response.setHeader('Content-Security-Policy', POLICY);
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('Referrer-Policy', 'no-referrer');
  next();
}

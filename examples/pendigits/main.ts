import { parseArgs } from 'node:util';
import { runDemo } from './demo.js';

// node dist/examples/pendigits/main.js [http://127.0.0.1:3000] [--quick]
const { values, positionals } = parseArgs({
  options: { quick: { type: 'boolean', default: false } },
  allowPositionals: true,
});
await runDemo({
  apiUrl: positionals[0] ?? process.env.STRIDE_URL ?? 'http://127.0.0.1:3000',
  apiKey: process.env.STRIDE_API_KEY || undefined,
  quick: values.quick,
});

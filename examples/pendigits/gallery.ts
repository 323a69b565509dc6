/**
 * The pictures of docs/guidance.md, docs/in-painting.md and docs/inversion.md, by real jobs of a running
 * system. Trains a model for them when the service has none. Run: npm run example:gallery
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createStrideClient } from '#client';
import { guidanceSheet } from './gallery-guidance.js';
import { inPaintingSheet } from './gallery-in-painting.js';
import { inversionSheet } from './gallery-inversion.js';
import { gallerySheet } from './gallery-sheet.js';
import { galleryModel } from './gallery-training.js';
import { readPenDigits } from './pen-digits.js';
import { projectRoot } from './project-root.js';

const client = createStrideClient(process.env.STRIDE_URL || 'http://127.0.0.1:3000', {
  apiKey: process.env.STRIDE_API_KEY || undefined,
});
const train = readPenDigits('train');
const test = readPenDigits('test');
const model = await galleryModel(client);
const sheets = {
  guidance: await guidanceSheet(client, model, { train, test }),
  'in-painting': await inPaintingSheet(client, model, test),
  inversion: await inversionSheet(client, model, test),
};
for (const [name, sheet] of Object.entries(sheets)) {
  const path = join('docs', 'images', `${name}.svg`);
  writeFileSync(join(projectRoot, path), gallerySheet(sheet));
  console.log(`${path}, by ${model}`);
}

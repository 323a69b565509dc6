import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeStore } from '../../testing/describe-store.js';
import { FileStore } from './file-store.js';

describeStore('a directory', () => {
  const root = mkdtempSync(join(tmpdir(), 'stride-store-'));
  return { open: () => new FileStore(root), close: () => rmSync(root, { recursive: true }) };
});

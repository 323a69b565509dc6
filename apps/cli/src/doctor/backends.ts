import { createRequire } from 'node:module';
import type { Finding } from '#system';

const require = createRequire(import.meta.url);

const REMEDIES: Readonly<Record<string, string>> = {
  cpu: 'run npm ci again: onnxruntime-node is not complete',
  cuda: 'with an NVIDIA GPU, CUDA 12 and cuDNN 9: npm run gpu:onnx fetches the libraries',
  webgpu: 'with a GPU: install its Vulkan driver (or Metal, Direct3D)',
};

/** Tries the execution providers of ONNX Runtime; the CPU's is needed, the others make it faster. */
export async function checkBackends(): Promise<Finding[]> {
  try {
    const { detectProviders } = await import('#onnx');
    const statuses = await detectProviders();
    return statuses.map((status) => {
      const name = `ONNX Runtime ${status.provider}`;
      if (status.works) return { name, status: 'ok', detail: status.device };
      const missing = status.provider === 'cpu' ? 'problem' : 'absent';
      return { name, status: missing, detail: status.reason, remedy: REMEDIES[status.provider] };
    });
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return [{ name: 'ONNX Runtime', status: 'problem', detail, remedy: REMEDIES.cpu }];
  }
}

/** Which of the parts of TensorFlow.js are installed; it is optional. */
export function checkTensorFlow(): Finding[] {
  return ['@tensorflow/tfjs', '@tensorflow/tfjs-node-gpu'].map((name) => {
    const version = installedVersion(name);
    if (version !== undefined) return { name, status: 'ok', detail: version };
    const remedy = "with TensorFlow's C library: npm run gpu:tfjs -- --library DIR builds it";
    return { name, status: 'absent', detail: 'not installed (optional)', remedy };
  });
}

function installedVersion(name: string): string | undefined {
  try {
    const manifest: unknown = require(`${name}/package.json`);
    const described = typeof manifest === 'object' && manifest !== null && 'version' in manifest;
    return described ? String(manifest.version) : undefined;
  } catch {
    return undefined; // not installed
  }
}

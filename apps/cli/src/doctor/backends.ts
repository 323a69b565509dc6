import { createRequire } from 'node:module';
import type { Finding } from '#system';

const require = createRequire(import.meta.url);

const VULKAN = 'with a GPU: install its Vulkan driver (or Metal, Direct3D)';
const CPU = 'onnx:cpu';

/** By the names of candidates. */
const PLACES: Readonly<Record<string, { readonly title: string; readonly remedy: string }>> = {
  cuda: { title: 'Own kernels on CUDA', remedy: 'with an NVIDIA GPU: install its driver' },
  webgpu: { title: 'Own kernels on WebGPU', remedy: VULKAN },
  'onnx:cuda': {
    title: 'ONNX Runtime cuda',
    remedy: 'with an NVIDIA GPU, CUDA 12 and cuDNN 9: npm run gpu:onnx fetches the libraries',
  },
  'onnx:webgpu': { title: 'ONNX Runtime webgpu', remedy: VULKAN },
  [CPU]: { title: 'ONNX Runtime cpu', remedy: 'run npm ci again: onnxruntime-node is not complete' },
};

/** Tries all that a worker can compute with; the processor is needed, the others make it faster. */
export async function checkBackends(): Promise<Finding[]> {
  const { examineCandidates } = await import('#providers');
  const statuses = await examineCandidates();
  const taken = statuses.find(({ verdict }) => verdict.works);
  return statuses.map(({ name, verdict }) => {
    const { title, remedy } = PLACES[name] ?? { title: name, remedy: VULKAN };
    if (!verdict.works)
      return { name: title, status: name === CPU ? 'problem' : 'absent', detail: verdict.reason, remedy };
    const { info, rowStepsPerSecond = 0 } = verdict.result ?? {};
    const rate = `${Math.round(rowStepsPerSecond).toLocaleString('en-US')} row-steps/s`;
    const detail = `${info?.device ?? ''}, ${rate}${name === CPU ? ' on one core' : ''}`;
    return { name: title, status: 'ok', detail: name === taken?.name ? `${detail}; a worker takes this` : detail };
  });
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

import { createRequire } from 'node:module';
import type { InferenceSession } from 'onnxruntime-node';

export type OnnxRuntime = typeof import('onnxruntime-node');
/** An execution provider of ONNX Runtime, on the first device of its kind. */
export type ProviderName = 'cuda' | 'webgpu' | 'cpu';

/** Version of the installed package, without loading it. */
export function onnxRuntimeVersion(): string {
  const manifest: unknown = createRequire(import.meta.url)('onnxruntime-node/package.json');
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : '';
}

/** Loads the native library, on first use only: processes that merely build graphs never need it. */
export async function loadOnnxRuntime(): Promise<OnnxRuntime> {
  const runtime = await import('onnxruntime-node');
  // Failures are thrown as well; without this a provider that is merely absent prints native errors.
  runtime.env.logLevel = 'fatal';
  return runtime;
}

/**
 * Creates a session on exactly one provider. One thread per session, without spinning: ORT's default pool is
 * 2 to 5 times worse per CPU second as soon as anything else runs, and engine threads already take every
 * core.
 */
export function createSession(
  runtime: OnnxRuntime,
  provider: ProviderName,
  model: Uint8Array,
): Promise<InferenceSession> {
  const options: InferenceSession.SessionOptions = {
    executionProviders: [provider],
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    // Batches come in thousands of shapes: a memory plan kept for each of them gains nothing and is never
    // dropped.
    enableMemPattern: false,
    logSeverityLevel: 4,
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  };
  return runtime.InferenceSession.create(model, options);
}

import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import type * as TensorFlow from '@tensorflow/tfjs';
import { assertNever, BackendError, InputError } from '#ddim';

export type TensorFlowJs = typeof TensorFlow;

/** Packages over TensorFlow's C library; which of them is there does not say whether there is a GPU. */
const NATIVE_PACKAGES = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'] as const;

/**
 * What TensorFlow.js runs on here, best first. `gpu` and `node` are TensorFlow's C library with and without a
 * GPU, the others its own backends.
 */
export const TFJS_PROVIDERS = ['gpu', 'node', 'wasm', 'cpu'] as const;
type TfjsProvider = (typeof TFJS_PROVIDERS)[number];

export interface TensorFlowChoice {
  readonly tf: TensorFlowJs;
  readonly provider: TfjsProvider;
  readonly rejected: ReadonlyArray<{ readonly provider: string; readonly reason: string }>;
}

/**
 * TensorFlow.js on the first provider that computes a product correctly; the native packages are optional
 * dependencies, and only their absence is an ordinary reason to go on.
 * @param wanted empty: all of TFJS_PROVIDERS in order
 * @throws InputError `unknown_provider`; BackendError when none of them works
 */
export async function chooseTensorFlow(wanted: readonly string[]): Promise<TensorFlowChoice> {
  const rejected: { provider: string; reason: string }[] = [];
  for (const name of wanted.length === 0 ? TFJS_PROVIDERS : wanted) {
    const provider = TFJS_PROVIDERS.find((known) => known === name);
    if (provider === undefined)
      throw new InputError('unknown_provider', `provider must be one of ${TFJS_PROVIDERS.join(', ')}, got ${name}`);
    try {
      const tf = await open(provider);
      await probe(tf);
      return { tf, provider, rejected };
    } catch (error) {
      rejected.push({ provider, reason: reasonOf(error) });
    }
  }
  const reasons = rejected.map(({ provider, reason }) => `${provider}: ${reason}`).join('; ');
  throw new BackendError(`TensorFlow.js works on none of its providers (${reasons})`);
}

async function open(provider: TfjsProvider): Promise<TensorFlowJs> {
  switch (provider) {
    case 'gpu': {
      const tf = await openNative();
      if (!nativeLibrary(tf)?.usesGpu) throw new BackendError('TensorFlow finds no GPU here');
      return tf;
    }
    case 'node':
      return openNative();
    case 'wasm': {
      const tf = await importPackage('@tensorflow/tfjs');
      const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
      const entry = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
      setWasmPaths(dirname(entry) + sep);
      return ready(tf, 'wasm');
    }
    case 'cpu':
      return ready(await importPackage('@tensorflow/tfjs'), 'cpu');
    default:
      return assertNever(provider);
  }
}

/** @throws what the first of them throws, when none is there */
async function openNative(): Promise<TensorFlowJs> {
  const [first, ...others] = NATIVE_PACKAGES;
  let tf = importPackage(first);
  for (const name of others)
    tf = tf.catch(async (error: unknown) => importPackage(name).catch(() => Promise.reject(error)));
  return ready(await tf, 'tensorflow');
}

/** What the native packages say of the library below them; undefined on TensorFlow.js' own backends. */
export function nativeLibrary(tf: TensorFlowJs): { readonly version: string; readonly usesGpu: boolean } | undefined {
  const backend: unknown = tf.backend();
  const version: unknown = Reflect.get(Object(Reflect.get(Object(backend), 'binding')), 'TF_Version');
  if (typeof version !== 'string') return undefined;
  return { version, usesGpu: Reflect.get(Object(backend), 'isUsingGpuDevice') === true };
}

/**
 * Through a variable, so that the compiler does not look for the optional packages; the umbrella package
 * registers gradients.
 */
async function importPackage(name: string): Promise<TensorFlowJs> {
  const module: TensorFlowJs & { default?: TensorFlowJs } = await import(name);
  return module.default ?? module;
}

async function ready(tf: TensorFlowJs, backend: string): Promise<TensorFlowJs> {
  if (!(await tf.setBackend(backend))) throw new BackendError(`TensorFlow.js refuses its backend ${backend}`);
  await tf.ready();
  return tf;
}

async function probe(tf: TensorFlowJs): Promise<void> {
  const product = tf.tidy(() => tf.matMul(tf.tensor2d([1, 2], [1, 2]), tf.tensor2d([3, 4], [2, 1])));
  const [value] = await product.data();
  product.dispose();
  if (value !== 11) throw new BackendError(`a product of two numbers is wrong: expected 11, got ${value}`);
}

function reasonOf(error: unknown): string {
  const missing = error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';
  if (missing) return 'not installed';
  return error instanceof Error ? error.message : String(error);
}

import { cpus } from 'node:os';
import { BackendError, InputError } from '#ddim';
import { GraphBuilder } from '../graph/graph-builder.js';
import { gpuAbsence } from './gpu-nodes.js';
import { createSession, type OnnxRuntime, type ProviderName } from './session.js';

/** The order in which providers are tried: the fastest that works is taken. */
export const PROVIDER_ORDER: readonly ProviderName[] = ['cuda', 'webgpu', 'cpu'];

/** What became of one provider on this machine. */
type ProviderStatus =
  | { readonly provider: ProviderName; readonly works: true; readonly device: string }
  | { readonly provider: ProviderName; readonly works: false; readonly reason: string };

export interface ProviderChoice {
  readonly provider: ProviderName;
  readonly device: string;
  readonly rejected: ReadonlyArray<{ readonly provider: string; readonly reason: string }>;
}

/**
 * Takes the first provider that computes a tiny product correctly. `listSupportedBackends()` would name
 * providers that cannot work here, so each is really tried.
 * @param names in order of preference; empty: cuda, webgpu, cpu. A single name is forced: a software WebGPU
 * adapter is accepted only then
 * @throws InputError `unknown_provider`; BackendError when none works, with every reason
 */
export async function chooseProvider(runtime: OnnxRuntime, names: readonly string[]): Promise<ProviderChoice> {
  const candidates = names.length === 0 ? PROVIDER_ORDER : names.map(parseProviderName);
  const forced = candidates.length === 1;
  const rejected: Array<{ provider: string; reason: string }> = [];
  for (const name of candidates) {
    const status = await tryProvider(runtime, name, forced);
    if (status.works) return { provider: name, device: status.device, rejected };
    rejected.push({ provider: name, reason: status.reason });
  }
  const reasons = rejected.map(({ provider, reason }) => `${provider}: ${reason}`).join('; ');
  throw new BackendError(`no execution provider of ONNX Runtime works here (${reasons})`);
}

async function tryProvider(runtime: OnnxRuntime, provider: ProviderName, forced: boolean): Promise<ProviderStatus> {
  if (provider === 'webgpu' && !forced) {
    const reason = softwareAdapterReason();
    if (reason !== undefined) return { provider, works: false, reason };
  }
  try {
    await runTinyProduct(runtime, provider);
    return { provider, works: true, device: deviceName(provider) };
  } catch (error) {
    return { provider, works: false, reason: reasonOf(error) };
  }
}

/** [1,2]·[[1,3],[2,4]] on the provider itself. */
async function runTinyProduct(runtime: OnnxRuntime, provider: ProviderName): Promise<void> {
  const graph = new GraphBuilder('probe');
  const x = graph.input('x', 'float32', ['N', 2]);
  const weights = graph.initializer('weights', 'float32', [2, 2], Float32Array.of(1, 3, 2, 4));
  graph.output('y', graph.op('MatMul', [x, weights]), 'float32', ['N', 2]);
  const session = await createSession(runtime, provider, graph.encode());
  try {
    const { y } = await session.run({ x: new runtime.Tensor('float32', Float32Array.of(1, 2), [1, 2]) });
    const numbers = y ? Array.from(y.data, Number) : [];
    if (numbers[0] !== 5 || numbers[1] !== 11) {
      throw new BackendError(`computes [1,2]·[[1,3],[2,4]] as [${numbers.join(',')}] instead of [5,11]`);
    }
  } finally {
    await session.release();
  }
}

/**
 * Why WebGPU would run on the CPU here, slower than the cpu provider. ONNX Runtime does not say which adapter
 * it took, so Linux is asked for a GPU's device node and the Vulkan loader for a driver that somebody put in
 * its place.
 */
function softwareAdapterReason(): string | undefined {
  if (process.platform !== 'linux') return undefined;
  const driver = process.env.VK_DRIVER_FILES ?? process.env.VK_ICD_FILENAMES ?? '';
  if (/swiftshader|lvp_icd|lavapipe/i.test(driver)) return `the Vulkan driver is a software one (${driver})`;
  return gpuAbsence();
}

function deviceName(provider: ProviderName): string {
  return provider === 'cpu' ? (cpus()[0]?.model.trim() ?? process.arch) : `${provider}:0`;
}

function parseProviderName(name: string): ProviderName {
  const known = PROVIDER_ORDER.find((provider) => provider === name);
  if (known) return known;
  throw new InputError(
    'unknown_provider',
    `execution provider must be one of ${PROVIDER_ORDER.join(', ')}, got ${name}`,
  );
}

/** One line of at most 300 characters; native messages hold line breaks and source paths. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replaceAll(/\s+/g, ' ').trim().slice(-300);
}

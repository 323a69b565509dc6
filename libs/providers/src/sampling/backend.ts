import {
  isImported,
  type BackendInfo,
  type BackendModule,
  type BackendOptions,
  type DenoiserBackend,
  type LoadedDenoiser,
  type LoadTerms,
  type ModelSource,
} from '#engine';
import { InputError, type Precision } from '#ddim';
import { onnxRuntimeVersion } from '#onnx';
import { CANDIDATES, type Candidate } from '../candidates.js';

/**
 * Kernels of our own for our network, and ONNX Runtime for imported files, which is opened with the first of
 * them.
 * @param options providers: the names of two candidates, for rows of our network and for those of files;
 * device: one of the first's
 * @throws what the first candidate throws that does not work; InputError `unknown_provider`
 */
export async function createBackend({ providers, device }: BackendOptions): Promise<DenoiserBackend> {
  const [own = '', files = ''] = providers;
  const forFiles = candidateOf(files);
  return new CompositeBackend(await open(candidateOf(own), device), forFiles);
}

class CompositeBackend implements DenoiserBackend {
  readonly info: BackendInfo;
  readonly capabilities: DenoiserBackend['capabilities'];
  private forFiles: Promise<DenoiserBackend> | undefined;

  constructor(
    private readonly own: DenoiserBackend,
    private readonly files: Candidate,
  ) {
    const version = `${own.info.version}, files on ${files.name} ${onnxRuntimeVersion()}`;
    this.info = { ...own.info, version };
    this.capabilities = own.capabilities;
  }

  async load(model: ModelSource, precision: Precision, terms?: LoadTerms): Promise<LoadedDenoiser> {
    if (!isImported(model)) return this.own.load(model, precision, terms);
    this.forFiles ??= open(this.files);
    return (await this.forFiles).load(model, precision, terms);
  }

  async close(): Promise<void> {
    await this.own.close();
    const files = await this.forFiles?.catch(() => undefined); // whoever loaded a file has heard of it
    await files?.close();
  }
}

async function open({ sampling }: Candidate, device?: string): Promise<DenoiserBackend> {
  const loaded: BackendModule = await import(sampling.module);
  return loaded.createBackend({ ...sampling.options, ...(device !== undefined && { device }) });
}

function candidateOf(name: string): Candidate {
  const candidate = CANDIDATES.find((known) => known.name === name);
  if (candidate) return candidate;
  const names = CANDIDATES.map((known) => known.name).join(', ');
  throw new InputError('unknown_provider', `provider must be one of ${names}, got ${name}`);
}

import { Inject, Injectable } from '@nestjs/common';
import { InputError } from '#ddim';
import { encodeTensor, parseTensor, requireFinite, type TensorValues } from '#queue';
import { JOB_TENSOR_FIELDS, MAX_TENSOR_ELEMENTS, type EncodedTensor, type JobTensor, type Tensor } from '#contract';
import { decodeSingleTensor, encodeNpy, ArtifactStore, parseArtifactId, toFloat32 } from '#storage';
import type { Caller } from '../access/caller.js';
import { ArtifactClaims } from '../artifacts/artifact-claims.js';
import { StoreRoom } from '../storage/store-room.js';

/** The queue takes 65,536 bytes of data per job; this leaves room for what JSON adds. */
const MAX_PAYLOAD_BYTES = 64_000;
/** Shape, dtype and member names of one tensor in JSON. */
const FRAME_BYTES = 120;
const ARTIFACT_BYTES = 100;
const MAX_TENSORS = Object.keys(JOB_TENSOR_FIELDS).length;
/** What may stand in a job beside its tensors, which can all become artifacts. */
export const MAX_PLAIN_BYTES = MAX_PAYLOAD_BYTES - MAX_TENSORS * ARTIFACT_BYTES;

/** A tensor of a request: its values, and what of their form in the request a job can take over. */
export interface TensorInput extends TensorValues {
  readonly artifact?: string;
  readonly encoded?: EncodedTensor;
}

/** Brings the tensors of a request into the form that travels inside a job. */
@Injectable()
export class RequestTensors {
  constructor(
    private readonly artifacts: ArtifactStore,
    private readonly room: StoreRoom,
    @Inject(ArtifactClaims) private readonly claims: Pick<ArtifactClaims, 'require'>,
  ) {}

  /**
   * The finite values of a tensor in any of its wire forms.
   * @param shape what the tensor must look like, where that is known already
   * @throws InputError `artifact_not_found`, `shape_mismatch`, `non_finite_input` or the decoders' codes
   */
  async read(
    tensor: Tensor | undefined,
    { field, caller }: { readonly field: string; readonly caller: Caller },
    shape?: readonly number[],
  ): Promise<TensorInput | undefined> {
    if (tensor === undefined) return undefined;
    if ('artifact' in tensor) await this.claims.require(caller, parseArtifactId(tensor.artifact));
    const values = 'artifact' in tensor ? await this.readArtifact(tensor.artifact, field) : readInline(tensor, field);
    if (shape !== undefined && shape.join() !== values.shape.join()) {
      const message = `${field} must be [${shape.join(',')}], got [${values.shape.join(',')}]`;
      throw new InputError('shape_mismatch', message, { field });
    }
    return values;
  }

  /**
   * Leaves small tensors inside the job and makes artifacts of the largest ones until the rest fits beside
   * `otherBytes`.
   */
  async store<Name extends string>(
    inputs: Readonly<Partial<Record<Name, TensorInput>>>,
    otherBytes: number,
  ): Promise<Partial<Record<Name, JobTensor>>> {
    const stored: Partial<Record<Name, JobTensor>> = {};
    const names = (Object.keys(inputs) as Name[]).sort((a, b) => sizeOf(inputs[a]) - sizeOf(inputs[b]));
    let left = MAX_PLAIN_BYTES - otherBytes;
    for (const name of names) {
      const input = inputs[name];
      if (input === undefined) continue;
      left -= sizeOf(input);
      if (input.artifact !== undefined) stored[name] = { artifact: input.artifact };
      else stored[name] = left >= 0 ? (input.encoded ?? encodeTensor(input)) : await this.writeArtifact(input);
    }
    return stored;
  }

  private async readArtifact(id: string, field: string): Promise<TensorInput> {
    const sha256 = parseArtifactId(id);
    const { bytes } = await this.artifacts.touch(sha256);
    if (bytes > MAX_TENSOR_ELEMENTS * Float64Array.BYTES_PER_ELEMENT) {
      throw new InputError('limit_exceeded', `${field}: ${id} has ${bytes} bytes`, { field });
    }
    const tensor = decodeSingleTensor(await this.artifacts.get(sha256));
    const data = toFloat32(tensor);
    requireFinite(data, field);
    return { shape: tensor.shape, data, artifact: id };
  }

  private async writeArtifact({ shape, data }: TensorInput): Promise<JobTensor> {
    await this.room.require();
    const { id } = await this.artifacts.put(encodeNpy({ dtype: 'float32', shape, data }));
    return { artifact: id };
  }
}

function readInline(tensor: Exclude<Tensor, { artifact: string }>, field: string): TensorInput {
  const values = parseTensor(tensor, field);
  const isEncoded = !Array.isArray(tensor) && tensor.data.length === base64Length(values.data);
  return isEncoded ? { encoded: tensor, ...values } : values; // longer with line breaks: not as it is
}

/** Characters, padding included. */
function base64Length({ byteLength }: Float32Array): number {
  return 4 * Math.ceil(byteLength / 3);
}

/** Bytes of a tensor inside the job's JSON. */
function sizeOf(input: TensorInput | undefined): number {
  if (input === undefined || input.artifact !== undefined) return 0;
  return base64Length(input.data) + FRAME_BYTES;
}

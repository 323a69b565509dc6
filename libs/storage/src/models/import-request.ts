import type { PolicyRecord } from './model-version-record.js';
import type { DdimModel, ImportedModelSettings, PrecisionReports, Warning } from '#ddim';

/** A model that somebody else made, or exported from another registry. */
export interface ImportRequest {
  readonly name: string;
  readonly source: Uint8Array | AsyncIterable<Uint8Array>;
  /** More bytes than this: InputError `payload_too_large`. */
  readonly maxBytes: number;
  /** What the sender says the bytes hash to. */
  readonly sha256?: string | undefined;
  /** What the version takes and gives as a policy. */
  readonly policy?: PolicyRecord | undefined;
  /** Asked when the bytes are stored and found good; when it throws, there is no version. */
  readonly accept?: ((file: { readonly sha256: string; readonly bytes: number }) => Promise<void>) | undefined;
}

export interface CheckpointImportRequest extends ImportRequest {
  /** Asked before the version is there; without an answer it is offered in float32 alone. */
  readonly measurePrecisions?: (model: DdimModel) => Promise<PrecisionReports | undefined>;
}

export interface OnnxImportRequest extends ImportRequest {
  readonly settings: ImportedModelSettings;
  /** What was found odd about the settings. */
  readonly warnings?: readonly Warning[];
  /**
   * Looks at the complete file before anybody else can, and counts its weights; when it throws, nothing is
   * stored.
   */
  readonly inspectFile: (path: string) => Promise<{ readonly paramCount: number }>;
}

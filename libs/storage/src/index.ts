export { ArtifactStore, noArtifact } from './artifacts/artifact-store.js';
export { readDataset } from './datasets/dataset-file.js';
export type { DatasetRecord } from './datasets/dataset-record.js';
export type { DatasetRows } from './datasets/dataset-rows.js';
export { measureDataset, type DatasetSpread } from './datasets/dataset-spread.js';
export { inspectDataset } from './datasets/dataset-summary.js';
export { DatasetStore, MAX_DATASET_BYTES, noDataset } from './datasets/dataset-store.js';
export type { ImportRequest } from './models/import-request.js';
export type { PublishRequest } from './models/model-description.js';
export { InstallationFile } from './records/installation-file.js';
export { ModelLoader } from './models/model-loader.js';
export type { ModelIdentity } from './models/model-identity.js';
export { ModelNames, type NameClaimant } from './models/model-names.js';
export { ModelRegistry } from './models/model-registry.js';
export { noModel, type ModelSummary } from './models/model-summary.js';
export { decodeModel } from './models/decode-model.js';
export { precisionReportOf, type MlpVersionRecord, type ModelVersionRecord } from './models/model-version-record.js';
export { ModelVerdicts } from './models/model-verdicts.js';
export { artifactId, parseArtifactId } from './names.js';
export { endOfString, visitMembers } from './formats/json-keys.js';
export { decodeNpy, encodeNpy } from './formats/npy.js';
export {
  arrayValue,
  decodeMessage,
  encodeMessage,
  messageIn,
  numbersIn,
  plainIn,
  type Message,
} from './formats/numpy-message.js';
export { decodeSafetensors, encodeSafetensors } from './formats/safetensors.js';
export { decodeRowProgress, encodeRowProgress } from './artifacts/row-progress-file.js';
export { recordedArtifact } from './artifacts/recorded-artifact.js';
export { ArtifactMissingError, StorageError, UnfitStoreError } from './storage-error.js';
export type { TypedTensor } from './formats/tensor.js';
export { decodeSingleTensor } from './formats/tensor-file.js';
export { toFloat32 } from './formats/to-float32.js';
export { decodeTrainingCheckpoint, encodeTrainingCheckpoint } from './models/training-checkpoint.js';
export { sha256sIn } from './records/json-records.js';
export { openStore, STORE_LOCATIONS, storeLocation } from './stores/open-store.js';
export type { ByteRange, Page, Store, StoredBlob, StoredRecord } from './stores/store.js';
export { DEFAULT_STORE_SETTINGS } from './stores/store-settings.js';
export { copyStore, type StoreCopy } from './stores/copy-store.js';

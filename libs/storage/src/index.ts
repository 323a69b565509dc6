export type { Artifact, ArtifactStore, PutOptions, SweepResult } from './artifact-store.js';
export { readDataset } from './dataset-file.js';
export type { DatasetRecord } from './dataset-record.js';
export { inspectDataset, type DatasetSummary, type ValueRange } from './dataset-summary.js';
export { DatasetStore, type PutDatasetOptions } from './dataset-store.js';
export { FileArtifactStore } from './file-artifact-store.js';
export type { PublishRequest } from './model-description.js';
export { InstallationFile } from './installation-file.js';
export { ModelLoader } from './model-loader.js';
export { ModelRegistry, type ModelReference, type ModelSummary } from './model-registry.js';
export { decodeModel } from './decode-model.js';
export type { CheckpointImportRequest, ImportRequest, OnnxImportRequest } from './import-request.js';
export {
  int8ReportOf,
  type ImportedVersionRecord,
  type MlpVersionRecord,
  type ModelProvenance,
  type ModelVersionRecord,
} from './model-version-record.js';
export { ModelVerdicts } from './model-verdicts.js';
export { artifactId, parseArtifactId } from './names.js';
export { decodeNpy, encodeNpy } from './npy.js';
export { decodeNpz } from './npz.js';
export { decodeSafetensors, encodeSafetensors, type Safetensors } from './safetensors.js';
export { recordedArtifact } from './recorded-artifact.js';
export { ArtifactMissingError, StorageError, type StorageErrorCode } from './storage-error.js';
export type { Dtype, NamedTypedTensor, Tensor, TensorData, TensorOf } from './tensor.js';
export { decodeSingleTensor, decodeTensorFile, tensorFileFormat, type TensorFileFormat } from './tensor-file.js';
export { toFloat32, toNumbers } from './to-float32.js';
export { decodeTrainingCheckpoint, encodeTrainingCheckpoint } from './training-checkpoint.js';
export { sha256sIn, type OnUnreadable } from './record-files.js';

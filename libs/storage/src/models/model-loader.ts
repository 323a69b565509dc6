import type { DdimModel, ImportedModel } from '#ddim';
import type { ArtifactStore } from '../artifacts/artifact-store.js';
import { decodeModel } from './decode-model.js';
import { decodeImportedSettings, importedSettings } from './imported-settings.js';
import type { ModelIdentity } from './model-identity.js';
import type { ModelRegistry } from './model-registry.js';
import type { ImportedVersionRecord } from './model-version-record.js';
import { recordedArtifact } from '../artifacts/recorded-artifact.js';
import { ArtifactMissingError } from '../storage-error.js';
import { isSafetensors } from '../formats/tensor-file.js';

/** Models by the hashes of their bytes, whether their names still mean them or not. */
export class ModelLoader {
  constructor(
    private readonly artifacts: ArtifactStore,
    private readonly registry: ModelRegistry,
  ) {}

  /**
   * The model of exactly these bytes. @throws StorageError, `artifact_missing` and `artifact_corrupt`
   * included; InputError codes of decodeSafetensors and modelFromTensors for a file that no registry would
   * have taken
   */
  async load(reference: ModelIdentity): Promise<DdimModel | ImportedModel> {
    const { sha256, settings } = reference;
    const file = await this.read(sha256);
    if (settings !== undefined) return { ...decodeImportedSettings(await this.read(settings)), file };
    if (isSafetensors(file)) return decodeModel(file);
    return { ...importedSettings(await this.recordOf(reference)), file };
  }

  private read(sha256: string): Promise<Uint8Array> {
    return recordedArtifact(sha256, () => this.artifacts.get(sha256));
  }

  /**
   * Jobs of earlier releases do not name the settings of an imported denoiser: its record has them, if it is
   * that of the same file.
   */
  private async recordOf({ name, version, sha256 }: ModelIdentity): Promise<ImportedVersionRecord> {
    const record = await this.registry.find(name, version);
    if (record?.format === 'onnx' && record.sha256 === sha256) return record;
    throw new ArtifactMissingError(sha256, `no record describes the file ${sha256} as ${name}@${version} any more`);
  }
}

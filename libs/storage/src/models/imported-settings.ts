import { InputError, type AffineNormalizer, type ImportedModelSettings } from '#ddim';
import type { z } from 'zod';
import { ImportedVersion } from './model-version-record.js';

/** All that a denoiser needs beside its ONNX file, as its record has it. */
const SettingsFile = ImportedVersion.pick({
  config: true,
  schedule: true,
  sampling: true,
  nullCondition: true,
  observationNormalizer: true,
  actionNormalizer: true,
});
type SettingsFile = Readonly<z.output<typeof SettingsFile>>;

/**
 * The settings of an imported denoiser as a file of their own, so that a job can name them by their hash;
 * equal settings, equal bytes.
 */
export function encodeImportedSettings(record: SettingsFile): Uint8Array {
  return Buffer.from(JSON.stringify(SettingsFile.parse(record)));
}

/** @throws InputError `unsupported_format` for bytes of something else */
export function decodeImportedSettings(bytes: Uint8Array): ImportedModelSettings {
  try {
    return importedSettings(SettingsFile.parse(JSON.parse(Buffer.from(bytes).toString())));
  } catch (cause) {
    throw new InputError('unsupported_format', 'the file must hold the settings of an imported denoiser', { cause });
  }
}

/** What a record says of its denoiser. */
export function importedSettings(record: SettingsFile): ImportedModelSettings {
  const { config, schedule, sampling, nullCondition, observationNormalizer, actionNormalizer } = record;
  return {
    config,
    schedule,
    sampling,
    nullCondition,
    observationNormalizer: normalizerOf(observationNormalizer),
    actionNormalizer: normalizerOf(actionNormalizer),
  };
}

function normalizerOf({ scale, offset }: SettingsFile['actionNormalizer']): AffineNormalizer {
  return { scale: Float32Array.from(scale), offset: Float32Array.from(offset) };
}

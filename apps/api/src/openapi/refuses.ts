import { ApiExtension } from '@nestjs/swagger';
import type { ProblemCode } from '#contract';

/** Where the OpenAPI document finds the codes of a route, until it has written them out. */
export const REFUSES_EXTENSION = 'x-refuses';

/** What whoever reads artifacts or records may meet. */
export const STORE_ERRORS = ['artifact_store_error', 'artifact_missing', 'artifact_corrupt'] as const;

/** What whoever reads a model may meet. */
export const MODEL_ERRORS = ['model_not_found', ...STORE_ERRORS] as const;

/** What whoever submits a job may meet, of whatever kind. */
export const SUBMISSION_ERRORS = [
  'invalid_idempotency_key',
  'idempotency_key_reused',
  'invalid_webhook_url',
  'webhook_address_forbidden',
  'webhook_secret_missing',
  'too_many_deliveries',
  'limit_exceeded',
  'quota_exceeded',
  'queue_full',
  'outcome_unknown',
  'storage_full',
  ...MODEL_ERRORS,
] as const;

/** What whoever uploads a file of tensors may meet. */
export const TENSOR_FILE_ERRORS = [
  'unsupported_format',
  'unsupported_dtype',
  'invalid_npy',
  'invalid_safetensors',
  'size_mismatch',
  'shape_mismatch',
  'too_many_tensors',
  'non_finite_input',
  'limit_exceeded',
] as const;

/** What whoever samples may meet, beside what every job may. */
export const SAMPLING_ERRORS = [
  'model_not_ready',
  'artifact_not_found',
  'model_hangs',
  'model_not_guidable',
  'epsilon_at_zero_snr',
  'deadline_exceeded',
  'int8_not_measured',
  'int8_too_inaccurate',
  'int8_unavailable',
  'bf16_not_measured',
  'bf16_too_inaccurate',
  'bf16_unavailable',
  'unsupported_option',
  ...TENSOR_FILE_ERRORS,
] as const;

/** What whoever imports a denoiser as ONNX may meet. */
export const ONNX_ERRORS = [
  'invalid_onnx',
  'truncated_onnx',
  'onnx_custom_operator',
  'onnx_external_data',
  'onnx_input_mismatch',
  'onnx_not_deterministic',
  'onnx_not_runnable',
  'onnx_opset_unsupported',
  'onnx_output_mismatch',
  'onnx_probe_crashed',
  'onnx_probe_out_of_memory',
  'onnx_probe_timed_out',
  'onnx_rows_not_independent',
  'onnx_unknown_field',
  'non_finite_output',
] as const;

/**
 * Codes with which the route refuses, beside those that follow from its parameters, its body and the key that
 * it needs.
 */
export const Refuses = (...codes: readonly ProblemCode[]) => ApiExtension(REFUSES_EXTENSION, codes);

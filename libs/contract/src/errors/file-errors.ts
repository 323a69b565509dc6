import type { ErrorExplanation } from './error-explanation.js';

/** Refusals of uploads for what is in them. */
export const FILE_ERRORS = {
  artifact_not_found: {
    status: 404,
    means: 'There is no such artifact that this key may see, or it was removed since.',
    remedy: 'Upload the tensor again: PUT /v1/artifacts.',
  },
  dataset_not_found: {
    status: 404,
    means: 'There is no such dataset that this key may see.',
    remedy: '`stride datasets list` shows what there is; `stride datasets upload NAME FILE` stores one.',
  },
  decompressed_too_large: {
    status: 413,
    means: 'The upload unpacks to more than the service takes.',
    remedy: 'Send it uncompressed as safetensors, in smaller parts.',
  },
  dataset_invalid: {
    status: 422,
    means: 'The file is no dataset: an array is missing, or the sizes do not fit together.',
    remedy: 'Store observations [N, obsSize] and actions [N, horizon, dim] of the same N in one file.',
  },
  digest_mismatch: {
    status: 422,
    means: 'The bytes that arrived do not hash to what the request declares.',
    remedy: 'Send the upload again; if it fails again, compute the declared SHA-256 anew.',
  },
  invalid_npy: {
    status: 422,
    means: 'The file is not a valid npy file.',
    remedy: 'Write it with numpy.save, without pickled objects.',
  },
  invalid_onnx: {
    status: 422,
    means: 'The file is not an ONNX model.',
    remedy: 'Export the denoiser anew, for example with torch.onnx.export.',
  },
  invalid_safetensors: {
    status: 422,
    means: 'The file is not a valid safetensors file.',
    remedy: 'Write it with the library safetensors.',
  },
  invalid_zip: {
    status: 422,
    means: 'The archive is damaged, or uses a feature of zip that npz files do not need.',
    remedy: 'Write it with numpy.savez.',
  },
  invalid_zip_name: {
    status: 422,
    means: 'A name in the archive leads out of it, or stands there twice.',
    remedy: 'Write it with numpy.savez, with plain names of arrays.',
  },
  non_finite_input: {
    status: 422,
    means: 'The data hold a number that is infinite or not a number.',
    remedy: 'Remove or replace such numbers, for example by numpy.nan_to_num.',
  },
  non_finite_output: {
    status: 422,
    means: 'The imported denoiser gave numbers that are not finite.',
    remedy: 'Check its weights, and export it in float32.',
  },
  onnx_custom_operator: {
    status: 422,
    means: 'The ONNX file uses operators that ONNX does not define.',
    remedy: 'Export it with standard operators only.',
  },
  onnx_external_data: {
    status: 422,
    means: 'The ONNX file keeps weights in another file.',
    remedy: 'Save it as one file: onnx.save with save_as_external_data=False.',
  },
  onnx_input_mismatch: {
    status: 422,
    means: 'The ONNX file has inputs of other names, types or shapes.',
    remedy: 'Give it the inputs that docs/http-api.md names under "Your own denoiser".',
  },
  onnx_not_deterministic: {
    status: 422,
    means: 'The denoiser gave two answers to the same input.',
    remedy: 'Remove dropout and random operators: export it in evaluation mode.',
  },
  onnx_not_runnable: {
    status: 422,
    means: 'ONNX Runtime refuses the file; detail has its words.',
    remedy: 'Export it with an operator set that ONNX Runtime knows, and check it with onnx.checker.',
  },
  onnx_opset_unsupported: {
    status: 422,
    means: 'The ONNX file needs an operator set that is not supported.',
    remedy: 'Export it with the operator set that detail names.',
  },
  onnx_output_mismatch: {
    status: 422,
    means: 'The ONNX file has an output of another shape or type.',
    remedy: 'Give it one float32 output of the shape of the noisy actions.',
  },
  onnx_probe_crashed: {
    status: 422,
    means: 'The process that tried the denoiser died.',
    remedy: 'Run the file in ONNX Runtime yourself, and remove what crashes there.',
  },
  onnx_probe_out_of_memory: {
    status: 422,
    means: 'The denoiser needed more memory than the trial has.',
    remedy: 'Import a smaller network.',
  },
  onnx_probe_timed_out: {
    status: 422,
    means: 'The trial of the denoiser took too long.',
    remedy: 'Import a smaller network, or one without loops.',
  },
  onnx_rows_not_independent: {
    status: 422,
    means: 'The answer for a row depends on the rows beside it.',
    remedy: 'Remove what mixes rows, such as batch normalisation in training mode.',
  },
  onnx_unknown_field: {
    status: 422,
    means: 'The ONNX file has a field that ONNX does not define.',
    remedy: 'Export it with an official exporter.',
  },
  shape_mismatch: {
    status: 422,
    means: 'An array has another shape than the model or the request asks for.',
    remedy: 'Reshape it to the shape that detail names; `stride models show NAME` has the sizes of the model.',
  },
  size_mismatch: {
    status: 422,
    means: 'The bytes of an array are more or fewer than its shape and type ask for.',
    remedy: 'Write the file again, or correct the declared size.',
  },
  too_many_tensors: {
    status: 422,
    means: 'The file holds more tensors than the service reads.',
    remedy: 'Store only the arrays that are needed.',
  },
  truncated_onnx: {
    status: 422,
    means: 'The ONNX file is cut off or damaged.',
    remedy: 'Copy or export it again.',
  },
  unsupported_dtype: {
    status: 422,
    means: 'An array has a type of numbers that is not read.',
    remedy: 'Convert it to float32.',
  },
  unsupported_format: {
    status: 422,
    means: 'The file, or a version in it, is of a form that is not read.',
    remedy: 'Use safetensors, npz or npy as the operation asks.',
  },
} as const satisfies Record<string, ErrorExplanation>;

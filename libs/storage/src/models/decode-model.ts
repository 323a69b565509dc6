import { modelFromTensors, type DdimModel } from '#ddim';
import { decodeSafetensors } from '../formats/safetensors.js';
import { toFloat32 } from '../formats/to-float32.js';

/**
 * A model from the bytes of its safetensors file. @throws InputError codes of decodeSafetensors and
 * modelFromTensors
 */
export function decodeModel(bytes: Uint8Array): DdimModel {
  const { tensors, metadata } = decodeSafetensors(bytes);
  const floats = [...tensors.values()].map((tensor) => ({
    name: tensor.name,
    shape: tensor.shape,
    data: tensor.dtype === 'float64' ? tensor.data : toFloat32(tensor),
  }));
  return modelFromTensors(floats, metadata);
}

/** The backends that STRIDE_BACKEND may name, one line each. */
export { auto } from '#providers';
export { cuda } from '#cuda';
export { onnx } from '#onnx';
export { tfjs } from '#tfjs';
export { webgpu } from '#webgpu';

/** The backends that STRIDE_BACKEND may name, one line each. */
export { onnx } from '#onnx';
export { tfjs } from '#tfjs';

/** A model as jobs name it: by the hashes of its bytes; its name is for people, and may mean another now. */
export interface ModelIdentity {
  readonly name: string;
  readonly version: number;
  /** Of the safetensors or ONNX file. */
  readonly sha256: string;
  /** Of the settings of an imported denoiser, which its file does not hold. */
  readonly settings?: string | undefined;
}

/** Classifier-free guidance: F_null + w (F - F_null), then rescaled towards std(F) by `rescale` 0..1; out [D] may be F. */
export function combineGuidance(
  F: Float32Array,
  nullF: Float32Array,
  options: { readonly guidanceScale: number; readonly guidanceRescale: number },
  out: Float32Array,
): void {
  throw new Error(`unfinished: ${F.length} ${nullF.length} ${options.guidanceScale} ${out.length}`);
}

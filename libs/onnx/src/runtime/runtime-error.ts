/** ONNX Runtime reports a failed allocation only in words. */
export function isOutOfMemory(error: unknown): boolean {
  return /failed to allocate|out of memory|bad_alloc|available memory of/i.test(messageOf(error));
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Arrays that are used again from call to call. Knows nothing of what is in them. */

/**
 * Arrays that are reused from call to call, by name: each grows to the largest size so far. An array is valid
 * until the next one of its name is asked for; its contents are whatever the last use left.
 */
export class BatchMemory {
  private readonly floats = new Map<string, Float32Array>();
  private readonly integers = new Map<string, Int32Array>();

  float32(name: string, length: number): Float32Array {
    let memory = this.floats.get(name);
    if (!memory || memory.length < length) {
      memory = new Float32Array(length);
      this.floats.set(name, memory);
    }
    return memory.subarray(0, length);
  }

  int32(name: string, length: number): Int32Array {
    let memory = this.integers.get(name);
    if (!memory || memory.length < length) {
      memory = new Int32Array(length);
      this.integers.set(name, memory);
    }
    return memory.subarray(0, length);
  }
}

/** Bytes between two tasks in their buffer: what WebGPU lets a uniform start at. */
export const TASK_BYTES = 256;

/**
 * What a kernel may bind. memory: the batch, activations and results of a pass; weights: one part of the
 * state, all parameters behind each other; gradients: of these; times: the time embeddings [T,H]; table:
 * records that a kernel looks its work up in; state: every part.
 */
const BUFFERS = {
  memory: 'var<storage, read_write> memory: array<f32>',
  weights: 'var<storage, read> weights: array<f32>',
  gradients: 'var<storage, read_write> gradients: array<f32>',
  times: 'var<storage, read> times: array<f32>',
  table: 'var<storage, read> table: array<u32>',
  state: 'var<storage, read_write> state: array<f32>',
} as const;

export type PassBuffer = keyof typeof BUFFERS;

/** A WGSL program whose dispatches differ in the words of a task, which is bound behind its buffers. */
export interface TrainingKernel<Field extends string = string> {
  readonly name: string;
  readonly buffers: readonly PassBuffer[];
  readonly fields: readonly Field[];
  readonly code: string;
}

/** One dispatch: the values of the kernel's fields in their order, and the workgroups along x and y. */
export interface Task {
  readonly kernel: TrainingKernel;
  readonly words: readonly number[];
  readonly grid: readonly [x: number, y: number];
}

/** @param body WGSL with an entry point `main`, which uses all of the buffers and `task.<field>` */
export function defineKernel<Field extends string>(
  name: string,
  { buffers, fields }: { readonly buffers: readonly PassBuffer[]; readonly fields: readonly Field[] },
  body: string,
): TrainingKernel<Field> {
  const bindings = [...buffers.map((buffer) => BUFFERS[buffer]), 'var<uniform> task: Task'].map(
    (variable, binding) => `@group(0) @binding(${binding}) ${variable};`,
  );
  const members = fields.map((field) => `${field}: u32,`).join(' ');
  return { name, buffers, fields, code: [`struct Task { ${members} }`, ...bindings, body].join('\n') };
}

export function taskOf<Field extends string>(
  kernel: TrainingKernel<Field>,
  values: Readonly<Record<Field, number>>,
  grid: readonly [x: number, y: number],
): Task {
  return { kernel, words: kernel.fields.map((field) => values[field]), grid };
}

/**
 * A sum over the lanes of a workgroup by one fixed tree, the same in every lane. All lanes must call it.
 * @param lanes a power of two
 */
export function sumOfLanes(lanes: number): string {
  return `
var<workgroup> parts: array<f32, ${lanes}>;
fn sum_of_lanes(lane: u32, value: f32) -> f32 {
  workgroupBarrier(); // the sum before may still be read
  parts[lane] = value;
  for (var half = ${lanes / 2}u; half > 0u; half >>= 1u) {
    workgroupBarrier();
    if (lane < half) { parts[lane] += parts[lane + half]; }
  }
  workgroupBarrier();
  return parts[0];
}`;
}

/** s = sigmoid(v), SiLU(v) = v s, and its derivative s + y (1 - s) with y = v s. */
export const SILU = `
fn sigmoid(v: f32) -> f32 { return 1.0 / (1.0 + exp(min(-v, 80.0))); } // exp stays finite
fn silu(v: f32) -> f32 { return v * sigmoid(v); }
fn silu_slope(v: f32) -> f32 {
  let s = sigmoid(v);
  return s + v * s * (1.0 - s);
}`;

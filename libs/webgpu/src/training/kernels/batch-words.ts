/**
 * The first words of the memory of a pass. A pass leaves the first four to be read: loss, global norm of the
 * gradients, clip factor, 1 if both are finite; the others come with the batch.
 */
export const HEADER = [
  'LOSS',
  'GRAD_NORM',
  'CLIP',
  'APPLIED',
  'GRADIENT_SCALE',
  'MASKED',
  'CLIP_NORM',
  'RATE',
  'EPSILON',
  'KERNEL_DECAY',
  'BETA1',
  'BETA2',
  'EMA_DECAY',
  'EMA_REST',
] as const;
export const RESULT_WORDS = 4;

/** What a batch says of each row: √ā, √(1-ā), the target's factors of x0 and ε, the loss weight, ... */
export const PER_ROW = [
  'LEVEL',
  'NOISE_LEVEL',
  'TARGET_X0',
  'TARGET_NOISE',
  'LOSS_WEIGHT',
  'KEEP',
  'TIMESTEP',
] as const;

/** Where they lie, for WGSL. */
export const BATCH_WORDS = [
  ...[...HEADER.entries(), ...PER_ROW.entries()].map(([i, name]) => `const ${name} = ${i}u;`),
  `const ROW_SIZE = ${PER_ROW.length}u;`,
].join('\n');

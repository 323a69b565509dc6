import { expect, it } from 'vitest';
import type { TrainBackendModule } from '#training';
import { cuda } from '../backend-modules.js';

it('a worker on STRIDE_BACKEND=cuda samples, and says of a training that it cannot, and what can', async () => {
  const { sampling, training } = await cuda.choose({ providers: [] });
  expect(sampling.module).toMatch(/cuda\/src\/sampling\/backend\.js$/);
  const module: TrainBackendModule = await import(training.module);
  await expect(module.createTrainBackend(training.options)).rejects.toMatchObject({
    code: 'backend_error',
    message: expect.stringMatching(/no kernels for training: STRIDE_BACKEND=auto .* STRIDE_QUEUES=sampling/),
  });
});

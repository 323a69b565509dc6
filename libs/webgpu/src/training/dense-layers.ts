import { outputSize, type MlpDenoiserConfig } from '#ddim';

interface DenseLayer {
  /** Of its parameters: `<name>.kernel` [inputs,outputs] and `<name>.bias` [outputs]. */
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
}

/** Block i = 0, 1, … in the names of its parameters. */
export function blockName(i: number): string {
  return `denoiser_block_${i + 1}`;
}

/** The layers that a training changes, in the order of the network. */
export function denseLayers(config: MlpDenoiserConfig): readonly DenseLayer[] {
  const { obsSize: O, hiddenSize: H, numLayers } = config;
  const D = outputSize(config);
  const blocks = Array.from({ length: numLayers }, (_, i) => [
    { name: `${blockName(i)}_up`, inputs: H, outputs: 4 * H },
    { name: `${blockName(i)}_down`, inputs: 4 * H, outputs: H },
  ]);
  return [
    ...(O > 0 ? [{ name: 'obs_embed', inputs: O, outputs: H }] : []),
    { name: 'denoiser_in', inputs: D + 2 * H, outputs: H },
    ...blocks.flat(),
    { name: 'noise_out', inputs: H, outputs: D },
  ];
}

import { parameterShapes, type DenoiserParameters, type MlpDenoiserConfig } from '#ddim';

/** Numbers between the starts of two parts of a state: a binding starts at a multiple of 256 bytes. */
const PART_ALIGNMENT = 64;

/**
 * Where each parameter lies in a flat array: all kernels, which decay, then all vectors. An unconditional
 * model never reads its obs_embed, which has no place.
 */
export class ParameterPlaces {
  /** Numbers in all. */
  readonly size: number;
  /** The kernels' share: those before it decay. */
  readonly numDecayed: number;
  /** `size`, rounded up to where the next part may start. */
  readonly partSize: number;
  private readonly places = new Map<string, { readonly offset: number; readonly size: number }>();

  constructor(config: MlpDenoiserConfig) {
    const trained = parameterShapes(config).filter(({ name }) => config.obsSize > 0 || !name.startsWith('obs_embed.'));
    const kernels = trained.filter(({ shape }) => shape.length === 2);
    const vectors = trained.filter(({ shape }) => shape.length === 1);
    this.numDecayed = this.place(kernels, 0);
    this.size = this.place(vectors, this.numDecayed);
    this.partSize = Math.ceil(this.size / PART_ALIGNMENT) * PART_ALIGNMENT;
  }

  /** Of the first number. */
  offset(name: string): number {
    const place = this.places.get(name);
    if (place) return place.offset;
    throw new RangeError(`${name} is no parameter that is trained`);
  }

  pack(parameters: DenoiserParameters, out: Float32Array): void {
    for (const [name, { offset }] of this.places) out.set(parameters.get(name) ?? [], offset);
  }

  /** Copies; what is not trained is as it was at first. */
  unpack(flat: Float32Array, initial: DenoiserParameters): DenoiserParameters {
    return new Map(
      Array.from(initial, ([name, values]) => {
        const place = this.places.get(name);
        return [name, place ? flat.slice(place.offset, place.offset + place.size) : Float32Array.from(values)];
      }),
    );
  }

  private place(shapes: ReadonlyArray<{ name: string; shape: readonly number[] }>, start: number): number {
    let end = start;
    for (const { name, shape } of shapes) {
      const size = shape.reduce((product, dimension) => product * dimension, 1);
      this.places.set(name, { offset: end, size });
      end += size;
    }
    return end;
  }
}

import { outputSize, type MlpDenoiserConfig } from '#ddim';
import type { ParameterPlaces } from './parameter-places.js';
import { placePass, type PassKind, type PassPlaces } from './pass-memory.js';

/** What WebGPU allows along one side of a grid. */
export const MAX_WORKGROUPS = 65_535;

/** What every task of a pass of B rows is made of. */
export class PassScope {
  readonly places: PassPlaces;
  readonly H: number;
  readonly D: number;
  /** Columns of the first layer's input. */
  readonly width: number;

  constructor(
    readonly config: MlpDenoiserConfig,
    readonly parameters: ParameterPlaces,
    readonly kind: PassKind,
    readonly rows: number,
  ) {
    this.places = placePass(config, kind, rows);
    this.H = config.hiddenSize;
    this.D = outputSize(config);
    this.width = this.D + 2 * this.H;
  }

  /** A workgroup per row; where there are more rows than workgroups, each takes several. */
  get rowGrid(): readonly [x: number, y: number] {
    return [Math.min(this.rows, MAX_WORKGROUPS), 1];
  }

  /** Where the parameters of a dense layer lie. */
  dense(name: string): { readonly kernel: number; readonly bias: number } {
    return { kernel: this.parameters.offset(`${name}.kernel`), bias: this.parameters.offset(`${name}.bias`) };
  }

  /** The same of a layer norm. */
  norm(name: string): { readonly gamma: number; readonly beta: number } {
    return { gamma: this.parameters.offset(`${name}.gamma`), beta: this.parameters.offset(`${name}.beta`) };
  }
}

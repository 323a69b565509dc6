/**
 * All steps of a tile of rows in one workgroup: weights stream through workgroup memory, activations stay in
 * it and in registers. For batches that fill the device with such tiles.
 */

import type { NetworkShape } from './network-shape.js';
import { stepProgram } from './step-program.js';
import { partsOf, type TileSize } from './tile-size.js';

/** WGSL; one workgroup per tile. */
export function tileProgram(size: TileSize, shape: NetworkShape): string {
  return `${stepProgram(shape)}${new TileWriter(size, shape).write()}`;
}

/** Writes a thread's registers out one by one: an array that is indexed in a loop may end up in memory. */
class TileWriter {
  private readonly parts: ReturnType<typeof partsOf>;
  /** Lanes that are read at once. */
  private readonly width: 2 | 4;
  private readonly passes: readonly number[];
  private readonly own: readonly number[];

  constructor(
    private readonly size: TileSize,
    private readonly shape: NetworkShape,
  ) {
    this.parts = partsOf(size, shape);
    this.width = this.parts.width;
    this.passes = [...Array(this.parts.passes).keys()];
    this.own = [...Array(this.parts.lanesOfThread).keys()];
  }

  write(): string {
    const { size, shape, width, parts } = this;
    const cells = (columns: number) => (columns * size.lanes) / width;
    return `
const M = ${size.lanes}u;
const THREADS = ${size.threads}u;
const DEPTH = ${size.depth}u;
const COLUMN_GROUPS = ${parts.columnGroups}u;
const COLUMNS = ${parts.columns}u;
const OWN = ${parts.lanesOfThread}u;
const WIDTH = ${width}u;
const CELLS = COLUMNS * M / WIDTH;
alias Lanes = vec${width}f;
var<workgroup> a: array<Lanes, ${cells(shape.HP)}>;
var<workgroup> u: array<Lanes, ${cells(parts.columns)}>;
var<workgroup> tile: array<vec4f, ${size.depth * parts.columnGroups}>;
${NORM}
@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let first = group.x * M;
  let column = 4u * (thread % COLUMN_GROUPS);
  let own = (thread / COLUMN_GROUPS) * OWN;
  let steps = call[word_steps];
  for (var step = 0u; step < steps; step++) {
${this.input()}
    for (var layer = 0u; layer < LAYERS; layer++) {
      let block = BLOCKS + layer * BLOCK;
${this.block()}
    }
${this.output()}
    storageBarrier();
    workgroupBarrier();
  }
}
`;
  }

  /** h = SiLU(condition + time + x W), x in parts of COLUMNS. */
  private input(): string {
    const begins = this.passes.map(
      (p) => `
    workgroupBarrier();
    for (var e = thread; e < CELLS; e += THREADS) {
      let cell = cell_of(e);
      u[cell] = first_sums(first + lane_of(cell), ${p * this.parts.columns}u + column_of(cell), step);
    }
    workgroupBarrier();
${this.take('h', p)}`,
    );
    return `${begins.join('')}
    for (var begin = 0u; begin < DP; begin += COLUMNS) {
      let count = min(COLUMNS, DP - begin);
      workgroupBarrier();
      for (var e = thread; e < CELLS; e += THREADS) {
        let cell = cell_of(e);
        u[cell] = states(first + lane_of(cell), begin + column_of(cell), step);
      }
${this.products('h', { from: 'u', count: 'count', kernel: 'INPUT + begin * HP', columns: 'HP' })}
    }
${this.eachRegister((p, r) => `    h${p}_${r} = silu4(h${p}_${r});`)}`;
  }

  /** h += down(SiLU(up(LN(h)))), up in parts of COLUMNS, in the order in which down adds them. */
  private block(): string {
    return `
      workgroupBarrier();
${this.keep('a', 'h')}
      normalise(thread, block);
${this.eachRegister((p, r) => `      var d${p}_${r} = bias(block + DOWN_BIAS, ${this.at(p)}, HP);`)}
      for (var begin = 0u; begin < UP; begin += COLUMNS) {
${this.each((r) => `        var g0_${r} = bias(block + UP_BIAS, begin + column, UP);`)}
${this.product('g', 0, { from: 'a', count: 'HP', kernel: 'block + UP_KERNEL', columns: 'UP', shift: 'begin' })}
        workgroupBarrier();
${this.each((r) => `        g0_${r} = silu4(g0_${r});`)}
${this.keepPass('u', 'g', 0, 'column')}
        let count = min(COLUMNS, UP - begin);
${this.products('d', { from: 'u', count: 'count', kernel: 'block + DOWN_KERNEL + begin * HP', columns: 'HP' })}
      }
${this.eachRegister((p, r) => `      h${p}_${r} += d${p}_${r};`)}`;
  }

  /** F in parts of COLUMNS, and what a step makes of it. */
  private output(): string {
    return `
    workgroupBarrier();
${this.keep('a', 'h')}
    for (var begin = 0u; begin < DP; begin += COLUMNS) {
${this.each((r) => `      var f0_${r} = bias(OUTPUT_BIAS, begin + column, DP);`)}
${this.product('f', 0, { from: 'a', count: 'HP', kernel: 'OUTPUT', columns: 'DP', shift: 'begin' })}
      workgroupBarrier();
${this.keepPass('u', 'f', 0, 'column')}
      workgroupBarrier();
      for (var e = thread; e < COLUMNS * M; e += THREADS) {
        let lane = e / COLUMNS;
        let i = e % COLUMNS;
        let row = call[call[word_laneRow] + first + lane];
        let is_pair = first + lane < 2u * call[word_pairs];
        if (row != NO_ROW && !(is_pair && lane % 2u == 1u)) {
          var F = in_u(i, lane);
          if (is_pair) { F = guided(F, in_u(i, lane + 1u), row); }
          finish(row, begin + i, F, step);
        }
      }
    }`;
  }

  /** Sums of all passes over the columns of a matrix with HP of them. */
  private products(sums: string, operands: Operands): string {
    return this.passes
      .map((p) => this.product(sums, p, { ...operands, shift: `${p * this.parts.columns}u` }))
      .join('\n');
  }

  /** sums += from · kernel, `count` terms in ascending order, while the next weights are on their way. */
  private product(sums: string, pass: number, { from, count, kernel, columns, shift = '0u' }: Operands): string {
    const { width, own } = this;
    const loads = [...Array((this.size.depth * this.parts.columnGroups) / this.size.threads).keys()];
    const load = loads.map(
      (i) => `            let e${i} = thread + ${i}u * THREADS;
            let at${i} = ${shift} + 4u * (e${i} % COLUMN_GROUPS);
            if (at${i} < ${columns}) { next${i} = weights[(${kernel} + (k + e${i} / COLUMN_GROUPS) * ${columns} + at${i}) / 4u]; }`,
    );
    const cells = own.filter((r) => r % width === 0);
    return `      {
${loads.map((i) => `        var next${i} = vec4f();`).join('\n')}
        for (var k = 0u; ; k += DEPTH) {
          if (k < ${count}) {
${load.join('\n')}
          }
          if (k > 0u) {
            for (var i = 0u; i < DEPTH; i++) {
              let w = tile[i * COLUMN_GROUPS + thread % COLUMN_GROUPS];
              let cell = ((k - DEPTH + i) * M + own) / WIDTH;
${cells.map((r) => `              let v${r} = ${from}[cell + ${r / width}u];`).join('\n')}
${own.map((r) => `              ${sums}${pass}_${r} = fma(vec4f(v${r - (r % width)}.${'xyzw'[r % width]}), w, ${sums}${pass}_${r});`).join('\n')}
            }
          }
          if (k >= ${count}) { break; }
          workgroupBarrier();
${loads.map((i) => `          tile[thread + ${i}u * THREADS] = next${i};`).join('\n')}
          workgroupBarrier();
        }
      }`;
  }

  /** Registers into workgroup memory [columns, lanes]. */
  private keep(memory: 'a' | 'u', registers: string): string {
    return this.passes.map((p) => this.keepPass(memory, registers, p, this.at(p))).join('\n');
  }

  private keepPass(memory: 'a' | 'u', registers: string, pass: number, column: string): string {
    const { width, own } = this;
    const limit = memory === 'a' ? 'HP' : 'COLUMNS';
    const lines = [0, 1, 2, 3].flatMap((c) =>
      own
        .filter((r) => r % width === 0)
        .map((r) => {
          const values = [...Array(width).keys()].map((i) => `${registers}${pass}_${r + i}.${'xyzw'[c]}`);
          return `        ${memory}[((${column} + ${c}u) * M + own + ${r}u) / WIDTH] = Lanes(${values.join(', ')});`;
        }),
    );
    return `      if (${column} < ${limit}) {\n${lines.join('\n')}\n      }`;
  }

  /** Registers of a pass out of u [columns, lanes]. */
  private take(registers: string, pass: number): string {
    const { width } = this;
    return this.each((r) => {
      const cell = (c: number) => `u[((column + ${c}u) * M + own + ${r - (r % width)}u) / WIDTH].${'xyzw'[r % width]}`;
      return `    var ${registers}${pass}_${r} = vec4f(${[0, 1, 2, 3].map(cell).join(', ')});`;
    });
  }

  private eachRegister(line: (pass: number, row: number) => string): string {
    return this.passes.flatMap((p) => this.own.map((r) => line(p, r))).join('\n');
  }

  private each(line: (row: number) => string): string {
    return this.own.map(line).join('\n');
  }

  private at(pass: number): string {
    return pass === 0 ? 'column' : `(column + ${pass * this.parts.columns}u)`;
  }
}

interface Operands {
  readonly from: 'a' | 'u';
  readonly count: string;
  /** Where the matrix begins, its columns, and the first of those that are meant. */
  readonly kernel: string;
  readonly columns: string;
  readonly shift?: string;
}

/** Cells of u and of a, vectors of WIDTH lanes; LayerNorm of a [H,M] in place, with u for the sums. */
const NORM = `
/* Neighbouring threads read neighbouring columns of a row. */
fn cell_of(e: u32) -> u32 { return (e % COLUMNS) * (M / WIDTH) + e / COLUMNS; }
fn column_of(cell: u32) -> u32 { return cell * WIDTH / M; }
fn lane_of(cell: u32) -> u32 { return cell * WIDTH % M; }
fn in_u(i: u32, lane: u32) -> f32 { let at = i * M + lane; return u[at / WIDTH][at % WIDTH]; }
fn bias(at: u32, i: u32, size: u32) -> vec4f {
  if (i >= size) { return vec4f(); }
  return weights[(at + i) / 4u];
}
fn activation(i: u32, lane: u32) -> f32 { let at = i * M + lane; return a[at / WIDTH][at % WIDTH]; }
fn states(lane: u32, j: u32, step: u32) -> Lanes {
  var values = Lanes();
  for (var i = 0u; i < WIDTH; i++) {
    let row = call[call[word_laneRow] + lane + i];
    if (row != NO_ROW && j < D) { values[i] = state_of(row, j, step); }
  }
  return values;
}
fn first_sums(lane: u32, j: u32, step: u32) -> Lanes {
  var values = Lanes();
  for (var i = 0u; i < WIDTH; i++) {
    values[i] = first_sum(lane + i, call[call[word_laneRow] + lane + i], j, step);
  }
  return values;
}
/* A thread writes whole vectors: another may be writing the rest of one at the same time. */
fn kept(cell: u32) -> f32 { return u[cell].x; }
fn keep(cell: u32, value: f32) { u[cell] = Lanes(value); }
fn sum_of_lanes(lane: u32) -> f32 {
  var sums: array<f32, LANES>;
  for (var i = 0u; i < LANES; i++) { sums[i] = kept(i * M + lane); }
  return tree(sums);
}
fn normalise(thread: u32, block: u32) {
  workgroupBarrier();
  for (var task = thread; task < LANES * M; task += THREADS) {
    var sum = 0.0;
    for (var i = task / M; i < H; i += LANES) { sum += activation(i, task % M); }
    keep(task, sum);
  }
  workgroupBarrier();
  if (thread < M) { keep(LANES * M + thread, sum_of_lanes(thread) / f32(H)); }
  workgroupBarrier();
  for (var task = thread; task < LANES * M; task += THREADS) {
    let mean = kept(LANES * M + task % M);
    var sum = 0.0;
    for (var i = task / M; i < H; i += LANES) { let d = activation(i, task % M) - mean; sum = fma(d, d, sum); }
    keep(task, sum);
  }
  workgroupBarrier();
  if (thread < M) { keep((LANES + 1u) * M + thread, deviation(sum_of_lanes(thread))); }
  workgroupBarrier();
  for (var cell = thread; cell < HP * M / WIDTH; cell += THREADS) {
    let i = cell * WIDTH / M;
    let lane = cell * WIDTH % M;
    var values = a[cell];
    for (var r = 0u; r < WIDTH; r++) {
      values[r] = normalised(values[r], kept(LANES * M + lane + r), kept((LANES + 1u) * M + lane + r), block, i);
    }
    a[cell] = values;
  }
}
`;

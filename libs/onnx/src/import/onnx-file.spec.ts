import { describe, expect, it } from 'vitest';
import { initialParameters, type MlpDenoiserConfig } from '#ddim';
import { GraphBuilder } from '../graph/graph-builder.js';
import { readOnnxFile } from './onnx-file.js';
import { withField, withGraphFields, withOpset, withWeight } from '../../testing/imported-edits.js';
import { mlpFile, protobufField, sineLoop, smallFile } from '../../testing/imported-files.js';
import { readLeniently } from '../../testing/lenient-onnx.js';

const config: MlpDenoiserConfig = {
  obsSize: 3,
  actionHorizon: 4,
  actionDim: 2,
  hiddenSize: 16,
  numLayers: 1,
  numTrainTimesteps: 100,
  predictionType: 'epsilon',
  preconditioning: 'none',
};
const good = mlpFile(config, initialParameters(config, 3), { trajectory: true });

/** A field whose tag has a 33rd bit, which readers of 32 bits do not see: to them it is field `number`. */
function disguised(number: number, ...content: readonly Uint8Array[]): Uint8Array {
  const value = Buffer.concat(content);
  return Uint8Array.from([(number * 8 + 2) | 128, 128, 128, 128, 0x10, value.length, ...value]);
}

const placeOfData = [protobufField(1, [Buffer.from('location')]), protobufField(2, [Buffer.from('/etc/passwd')])];
const weight =
  (...more: Uint8Array[]) =>
  (tensor: Uint8Array) => [protobufField(5, [tensor, ...more])];
const node = (...fields: Uint8Array[]) =>
  withGraphFields(good, protobufField(1, [protobufField(2, 'y'), protobufField(4, 'Relu'), ...fields]));
const input = (...type: Uint8Array[]) =>
  withGraphFields(good, protobufField(11, [protobufField(1, 'more'), protobufField(2, type)]));

describe('readOnnxFile', () => {
  const loop = smallFile((graph, x) => sineLoop(graph, x, graph.integer(3)));
  it.each([
    ['a network', good],
    ['a loop', loop],
    ['packed integers', withWeight(good, (tensor) => [protobufField(5, [withField(tensor, 1, () => [])])])],
    ['text about it', withField(good, 2, () => [protobufField(2, 'somebody'), protobufField(6, 'a long story')])],
  ])('encodes %s anew as what every reader takes it for', (_, file) => {
    expect(readLeniently(readOnnxFile(file).encode())).toEqual(readLeniently(file));
  });

  it('encodes nothing that names another file, an operator of somebody else or a function', () => {
    const foreign = Buffer.concat([
      withWeight(
        node(protobufField(7, 'com.microsoft'), protobufField(8, 'other')),
        weight(protobufField(13, placeOfData), protobufField(14, 1)),
      ),
      protobufField(25, [protobufField(1, 'gelu')]),
    ]);
    const file = readOnnxFile(foreign);
    expect(file).toMatchObject({ customOperator: 'functions of its own', externalTensor: expect.any(String) });
    for (const secret of ['location', 'passwd', 'microsoft', 'other', 'gelu'])
      expect(Buffer.from(file.encode()).includes(secret), secret).toBe(false);
  });

  it('reads a file that lies in shared memory', () => {
    const shared = new Uint8Array(new SharedArrayBuffer(good.length));
    shared.set(good);
    expect(readOnnxFile(shared).encode()).toEqual(readOnnxFile(good).encode());
  });

  it.each([
    ['an operator of somebody else', node(protobufField(7, 'acme')), 'acme:Relu'],
    ['a domain that only looks like ours', node(protobufField(7, '\uFEFF')), '\uFEFF:Relu'],
    ['an overload', node(protobufField(8, 'other')), 'an overload of Relu'],
  ])('names %s', (_, file, customOperator) => {
    expect(readOnnxFile(file)).toMatchObject({ customOperator });
  });

  const external = [protobufField(8, 'far'), protobufField(14, 1)];
  const sparse = [protobufField(1, external)];
  it.each([
    ['by its place alone', protobufField(5, [protobufField(8, 'far'), protobufField(13, placeOfData)])],
    ['by its location alone', protobufField(5, external)],
    ['in an attribute', protobufField(1, [protobufField(5, [protobufField(5, external)])])],
    ['in a list of an attribute', protobufField(1, [protobufField(5, [protobufField(10, external)])])],
    ['in a sparse attribute', protobufField(1, [protobufField(5, [protobufField(22, sparse)])])],
    ['in a list of sparse ones', protobufField(1, [protobufField(5, [protobufField(23, sparse)])])],
    ['in a sparse weight', protobufField(15, sparse)],
    ['in the places of a sparse weight', protobufField(15, [protobufField(2, external)])],
    ['in a subgraph', protobufField(1, [protobufField(5, [protobufField(6, [protobufField(5, external)])])])],
    ['in a list of subgraphs', protobufField(1, [protobufField(5, [protobufField(11, [protobufField(5, external)])])])],
  ])('names a tensor whose numbers lie elsewhere: %s', (_, field) => {
    expect(readOnnxFile(withGraphFields(good, field)).externalTensor).toBe('far');
  });

  it("takes ONNX's own domain by both of its names, and no weight for an input", () => {
    const weightAsInput = protobufField(11, [protobufField(1, 'w')]);
    const file = withGraphFields(
      node(protobufField(7, 'ai.onnx')),
      protobufField(5, [protobufField(1, 0), protobufField(8, 'w')]),
      weightAsInput,
    );
    expect(readOnnxFile(file).customOperator).toBeUndefined();
    expect(readOnnxFile(file).inputs).toEqual(readOnnxFile(good).inputs);
  });

  it('shows no more than 80 characters of a foreign name', () => {
    expect(readOnnxFile(node(protobufField(7, 'a'.repeat(1_000)))).customOperator).toBe('a'.repeat(80));
  });

  it.each([
    ['that the numbers of a tensor lie in the file', withWeight(good, weight(protobufField(14, 0)))],
    ['how it is trained', Buffer.concat([good, protobufField(20, [protobufField(99, 'no field of ONNX')])])],
  ])('leaves out %s', (_, file) => {
    expect(readOnnxFile(file).encode()).toEqual(readOnnxFile(good).encode());
  });

  it('takes 2,000,000 fields at most, even of those that nobody reads', () => {
    const fields = (count: number) => Buffer.concat([good, Buffer.alloc(2 * count, Uint8Array.of(0x12, 0))]);
    expect(() => readOnnxFile(fields(1_990_000))).not.toThrow();
    expect(() => readOnnxFile(fields(2_000_000))).toThrow(expect.objectContaining({ code: 'limit_exceeded' }));
  });

  it('takes 100,000 nodes at most', () => {
    const nodes = (count: number) =>
      withGraphFields(good, ...Array.from({ length: count }, () => Uint8Array.of(10, 0)));
    expect(() => readOnnxFile(nodes(99_000))).not.toThrow();
    expect(() => readOnnxFile(nodes(100_001))).toThrow(expect.objectContaining({ code: 'limit_exceeded' }));
  });

  it.each([0, 256])('takes no file of IR version %i for one of ONNX', (version) => {
    const file = withField(good, 1, () => [protobufField(1, version)]);
    expect(() => readOnnxFile(file)).toThrow(expect.objectContaining({ code: 'invalid_onnx' }));
  });

  it('reads names with all their bytes', () => {
    const file = withGraphFields(good, protobufField(12, [protobufField(1, '\uFEFFsample')]));
    expect(readOnnxFile(file).outputs.at(-1)?.name).toBe('\uFEFFsample');
  });

  it.each([
    ['the place of external data', withWeight(good, weight(disguised(13, ...placeOfData))), '32 bits'],
    ['a domain', node(disguised(7, Buffer.from('acme'))), '32 bits'],
    ['a subgraph', node(protobufField(5, [disguised(6)])), '32 bits'],
    ['a graph', Buffer.concat([good, disguised(7)]), '32 bits'],
  ])('refuses %s behind a tag that other readers cut', (_, file, message) => {
    expect(() => readOnnxFile(file)).toThrow(
      expect.objectContaining({ code: 'truncated_onnx', message: expect.stringContaining(message) }),
    );
  });

  const MINUS_ONE = Uint8Array.of(8, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1); // a dimension
  const overlong = Uint8Array.of(0x40 | 2, 0x81, 0, 65);
  const damaged: Array<[what: string, file: Uint8Array, message: string]> = [
    ['a length that could be shorter', withWeight(good, weight(overlong)), 'longer than it need be'],
    ['an integer that could be shorter', node(protobufField(5, [Uint8Array.of(24, 129, 0)])), 'longer than it need be'],
    [
      'an integer of 70 bits',
      node(protobufField(5, [Uint8Array.of(24, 255, 255, 255, 255, 255, 255, 255, 255, 255, 2)])),
      'more than 64 bits',
    ],
    ['a type of 33 bits', input(protobufField(1, [protobufField(1, 2 ** 32 + 1)])), 'more than 32 bits'],
    [
      'a dimension that is a size and a name',
      input(protobufField(1, [protobufField(2, [protobufField(1, [protobufField(1, 8), protobufField(2, 'B')])])])),
      'two kinds of value',
    ],
    ['two types at once', input(protobufField(1, []), protobufField(4, [])), 'two kinds of value'],
    ['two names', node(protobufField(3, 'a'), protobufField(3, 'b')), 'comes twice'],
    ['two graphs', Buffer.concat([good, protobufField(7, [])]), 'comes twice'],
    ['two versions of the operators', Buffer.concat([good, protobufField(8, [protobufField(2, 17)])]), 'two versions'],
    ['a number where text belongs', node(protobufField(7, 5)), 'must be text'],
    ['a field that reaches beyond its message', node(Uint8Array.of(0x1a, 9, 65)), 'does not fit'],
    ['a field 0', node(Uint8Array.of(0, 1)), 'does not fit'],
    ['a group', node(Uint8Array.of(0x0b, 0x0c)), 'no wire type 3'],
    ['a name with a zero byte', node(protobufField(3, 'a\0b')), 'zero byte'],
    ['a name that is no text', node(protobufField(3, [Uint8Array.of(255)])), 'not UTF-8'],
    ['half a number', node(protobufField(5, [protobufField(7, [new Uint8Array(5)])])), 'no numbers of 4 bytes'],
    ['a name of more than 64 KiB', node(protobufField(3, 'a'.repeat(65_537))), 'too long'],
    [
      'many integers where one belongs',
      node(protobufField(5, [protobufField(3, [Uint8Array.of(1)])])),
      'must be int64',
    ],
    [
      'packed integers that could be shorter',
      node(protobufField(5, [protobufField(8, [Uint8Array.of(129, 0)])])),
      'longer than it need be',
    ],
    ['a tensor of a negative size', withWeight(good, weight(MINUS_ONE, MINUS_ONE)), 'a size of -1'],
    ['a tensor larger than its bytes', withWeight(good, weight(protobufField(1, 2 ** 40))), 'numbers and has'],
  ];
  it.each(damaged)('refuses %s', (_, file, message) => {
    expect(() => readOnnxFile(file)).toThrow(
      expect.objectContaining({ code: 'truncated_onnx', message: expect.stringContaining(message) }),
    );
  });

  it.each([
    ['in a tensor', withWeight(good, weight(protobufField(99, 1))), 'field 99 of TensorProto'],
    ['in the model', Buffer.concat([good, protobufField(31, 'x')]), 'field 31 of ModelProto'],
  ])('refuses an unknown field %s', (_, file, message) => {
    expect(() => readOnnxFile(file)).toThrow(
      expect.objectContaining({ code: 'onnx_unknown_field', message: expect.stringContaining(message) }),
    );
  });

  it('ends at subgraphs and types that are nested too deep', () => {
    const nested = (depth: number): Uint8Array =>
      depth === 0
        ? protobufField(2, 'core')
        : protobufField(1, [protobufField(5, [protobufField(6, [nested(depth - 1)])])]);
    const types = (depth: number): Uint8Array =>
      depth === 0 ? protobufField(1, []) : protobufField(4, [protobufField(1, [types(depth - 1)])]);
    expect(() => readOnnxFile(withGraphFields(good, nested(16)))).not.toThrow();
    for (const file of [withGraphFields(good, nested(17)), withGraphFields(good, nested(1_000)), input(types(1_000))])
      expect(() => readOnnxFile(file)).toThrow(expect.objectContaining({ code: 'limit_exceeded' }));
  });

  it('counts the numbers of its weights', () => {
    const graph = new GraphBuilder('two');
    graph.initializer('w', 'float32', [3, 5], new Float32Array(15));
    graph.output('w2', graph.initializer('v', 'int64', [2], new BigInt64Array(2)), 'int64', [2]);
    expect(readOnnxFile(graph.encode())).toMatchObject({ paramCount: 17, opset: 17 });
    expect(readOnnxFile(withOpset(graph.encode(), 12)).opset).toBe(12);
  });
});

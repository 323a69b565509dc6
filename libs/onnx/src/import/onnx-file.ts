import { InputError } from '#ddim';
import { OnnxMessage } from './onnx-message.js';
import { integersOf, readFields, WireError } from './protobuf-wire.js';

/**
 * An input or output as a file declares it; a dimension is a size, or the name of one that is known only when
 * it runs.
 */
export interface DeclaredValue {
  readonly name: string;
  /** TensorProto.DataType; 0 when it is no tensor. */
  readonly elementType: number;
  /** Absent when the file does not say. */
  readonly shape: ReadonlyArray<number | string> | undefined;
}

/** What an ONNX file declares about itself, read without running it. */
export interface OnnxFile {
  readonly inputs: readonly DeclaredValue[];
  readonly outputs: readonly DeclaredValue[];
  /** Version of the default operator set. */
  readonly opset: number | undefined;
  /** The first operator that ONNX itself does not define, as `domain:operator`. */
  readonly customOperator: string | undefined;
  /** The first tensor whose numbers lie in another file. */
  readonly externalTensor: string | undefined;
  /** Numbers in the weights. */
  readonly paramCount: number;
  /**
   * What was read, encoded anew: the only bytes of a foreign file that a runtime may see. No domain of an
   * operator, function or place of external data is ever written, so that what a check overlooks is not
   * there.
   */
  encode(): Uint8Array<ArrayBuffer>;
}

const MAX_NODES = 100_000;
/** Subgraphs in subgraphs. */
const MAX_DEPTH = 16;
const MAX_IR_VERSION = 255;
const MAX_QUOTED = 80;
/** A tag and an integer. */
const BEGINNING_BYTES = 20;
/** TensorProto: float_data, int32_data, int64_data, raw_data, double_data, uint64_data. */
const DATA_FIELDS = [4, 5, 7, 9, 10, 11];
const NUMBERS_PER_BYTE = 4;
const STANDARD_DOMAINS: ReadonlySet<string> = new Set(['', 'ai.onnx']);

/**
 * Reads an ONNX file (onnx.proto) strictly; its bytes must stay as they are while the result is used, which
 * holds views of its weights.
 * @throws InputError `invalid_onnx` when it is something else, `truncated_onnx` when it begins like one and
 * is cut off or damaged, `onnx_unknown_field` for what ONNX does not define, `limit_exceeded` for more than
 * 100,000 nodes, subgraphs nested more than 16 deep, or the limits of OnnxMessage
 */
export function readOnnxFile(bytes: Uint8Array): OnnxFile {
  checkBeginning(bytes);
  try {
    return new ModelReader(OnnxMessage.read(bytes));
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    throw new InputError('truncated_onnx', `the ONNX file is cut off or damaged: ${error.message}`, { cause: error });
  }
}

/** Every exporter writes the IR version first, which distinguishes ONNX from other files. */
function checkBeginning(bytes: Uint8Array): void {
  let version: number | undefined;
  try {
    const [first] = readFields(bytes.subarray(0, BEGINNING_BYTES));
    if (first?.at === 0 && first.number === 1) version = Number([...integersOf(first.value)][0]);
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
  }
  if (version === undefined || version < 1 || version > MAX_IR_VERSION)
    throw new InputError('invalid_onnx', 'the file must be an ONNX model, got something else');
}

/** The numbers are those of the fields in onnx.proto, as ONNX_SCHEMA names them. */
class ModelReader implements OnnxFile {
  readonly inputs: readonly DeclaredValue[];
  readonly outputs: readonly DeclaredValue[];
  readonly opset: number | undefined;
  customOperator: string | undefined;
  externalTensor: string | undefined;
  paramCount = 0;
  private numNodes = 0;

  constructor(private readonly model: OnnxMessage) {
    const [graph] = model.messages(7);
    if (!graph) throw new WireError('it has no graph');
    const standard = model.messages(8).filter((opset) => STANDARD_DOMAINS.has(opset.text(1)));
    if (standard.length > 1) throw new WireError('it names two versions of the same operators');
    this.opset = standard[0]?.integer(2);
    if (model.has(25)) this.customOperator = 'functions of its own';
    const weights = this.readGraph(graph, 0);
    // Files of IR version 3 list their weights among the inputs.
    this.inputs = graph
      .messages(11)
      .map(readValue)
      .filter(({ name }) => !weights.has(name));
    this.outputs = graph.messages(12).map(readValue);
  }

  encode(): Uint8Array<ArrayBuffer> {
    return this.model.encode();
  }

  /** @returns the names of its weights */
  private readGraph(graph: OnnxMessage, depth: number): ReadonlySet<string> {
    if (depth > MAX_DEPTH)
      throw new InputError('limit_exceeded', `subgraphs of an ONNX file may be nested ${MAX_DEPTH} deep, got more`);
    for (const node of graph.messages(1)) this.readNode(node, depth);
    for (const sparse of graph.messages(15)) this.readSparseTensor(sparse);
    const weights = graph.messages(5);
    for (const tensor of weights) this.paramCount += this.readTensor(tensor);
    return new Set(weights.map((tensor) => tensor.text(8)));
  }

  private readNode(node: OnnxMessage, depth: number): void {
    this.numNodes += 1;
    if (this.numNodes > MAX_NODES)
      throw new InputError('limit_exceeded', `an ONNX file may have at most ${MAX_NODES} nodes, got more`);
    for (const attribute of node.messages(5)) {
      for (const number of [5, 10]) for (const tensor of attribute.messages(number)) this.readTensor(tensor);
      for (const number of [6, 11]) for (const graph of attribute.messages(number)) this.readGraph(graph, depth + 1);
      for (const number of [22, 23]) for (const sparse of attribute.messages(number)) this.readSparseTensor(sparse);
    }
    const foreign = node.texts(7).find((domain) => !STANDARD_DOMAINS.has(domain));
    if (foreign !== undefined) this.customOperator ??= quoted(`${foreign}:${node.text(4)}`);
    if (node.text(8) !== '') this.customOperator ??= quoted(`an overload of ${node.text(4)}`);
  }

  /** @returns how many numbers it has */
  private readTensor(tensor: OnnxMessage): number {
    const isExternal = tensor.has(13) || tensor.integers(14).some((location) => location !== 0);
    if (!isExternal) return countNumbers(tensor);
    this.externalTensor ??= quoted(tensor.text(8));
    return 0;
  }

  private readSparseTensor(sparse: OnnxMessage): void {
    for (const number of [1, 2]) for (const tensor of sparse.messages(number)) this.readTensor(tensor);
  }
}

/**
 * A tensor may not claim more numbers than its bytes can hold: of the smallest type four lie in one.
 * @returns how many numbers it has
 */
function countNumbers(tensor: OnnxMessage): number {
  const shape = tensor.integers(1);
  const negative = shape.find((size) => size < 0);
  if (negative !== undefined) throw new WireError(`tensor ${quoted(tensor.text(8))} has a size of ${negative}`);
  const count = shape.reduce((product, size) => product * size, 1);
  const bytes = DATA_FIELDS.reduce(
    (sum, number) => sum + tensor.bytes(number).reduce((n, data) => n + data.length, 0),
    0,
  );
  if (count <= Math.max(bytes, tensor.bytes(6).length) * NUMBERS_PER_BYTE) return count;
  throw new WireError(`tensor ${quoted(tensor.text(8))} claims ${count} numbers and has ${bytes} bytes`);
}

function readValue(value: OnnxMessage): DeclaredValue {
  const [tensorType] = value.messages(2).flatMap((type) => type.messages(1));
  const [shape] = tensorType?.messages(2) ?? [];
  return {
    name: value.text(1),
    elementType: tensorType?.integer(1) ?? 0,
    shape: shape?.messages(1).map((dimension) => (dimension.has(1) ? dimension.integer(1) : dimension.text(2))),
  };
}

/** As much of a foreign name as a message shows. */
export function quoted(name: string): string {
  return name.slice(0, MAX_QUOTED);
}

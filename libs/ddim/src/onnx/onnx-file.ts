import { InputError } from '../errors.js';
import { readFields, WireError, type WireField } from './protobuf-wire.js';

/** An input or output as a file declares it; a dimension is a size, or the name of one that is known only when it runs. */
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
}

const MAX_NODES = 100_000;
/** Subgraphs in subgraphs. */
const MAX_DEPTH = 16;
const MAX_IR_VERSION = 255;
const EXTERNAL = 1;
const STANDARD_DOMAINS: ReadonlySet<string> = new Set(['', 'ai.onnx']);

/**
 * Reads the declarations of an ONNX file (onnx.proto); weights are skipped, so that it takes little time and no memory.
 * @throws InputError `invalid_onnx` when it is something else, `truncated_onnx` when it begins like one and ends early,
 * `limit_exceeded` for more than 100,000 nodes or subgraphs nested more than 16 deep
 */
export function readOnnxFile(bytes: Uint8Array): OnnxFile {
  const reader = new OnnxReader();
  try {
    reader.readModel(bytes);
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    if (!reader.hasVersion) throw notOnnx(error);
    throw new InputError('truncated_onnx', `the ONNX file is cut off or damaged: ${error.message}`, { cause: error });
  }
  if (!reader.hasVersion) throw notOnnx();
  if (!reader.hasGraph) throw new InputError('truncated_onnx', 'the ONNX file is cut off: it has no graph');
  return reader;
}

function notOnnx(cause?: unknown): InputError {
  return new InputError('invalid_onnx', 'the file must be an ONNX model, got something else', { cause });
}

/** A message that comes twice is one, in two parts. The numbers are those of the fields in onnx.proto. */
class OnnxReader implements OnnxFile {
  inputs: readonly DeclaredValue[] = [];
  outputs: readonly DeclaredValue[] = [];
  opset: number | undefined;
  customOperator: string | undefined;
  externalTensor: string | undefined;
  paramCount = 0;
  hasVersion = false;
  hasGraph = false;
  private numNodes = 0;

  /** ModelProto: ir_version 1, graph 7, opset_import 8, functions 25. */
  readModel(bytes: Uint8Array): void {
    for (const field of readFields(bytes)) {
      if (field.number === 1) this.readVersion(field);
      // Every exporter writes the version first; other protobuf files end here.
      else if (!this.hasVersion) throw new WireError('there is no IR version');
      else if (field.number === 7) this.readGraph(field, 0);
      else if (field.number === 8) this.readOpset(field);
      else if (field.number === 25) this.customOperator ??= `a function of its own, ${textOf(field, 1)}`;
    }
  }

  private readVersion(field: WireField): void {
    const version = field.integer();
    this.hasVersion = version >= 1 && version <= MAX_IR_VERSION;
    if (!this.hasVersion) throw new WireError(`there is no IR version ${version}`);
  }

  /** OperatorSetIdProto: domain 1, version 2. */
  private readOpset(opset: WireField): void {
    let version = 0;
    for (const field of opset.message()) if (field.number === 2) version = field.integer();
    if (STANDARD_DOMAINS.has(textOf(opset, 1))) this.opset = version;
  }

  /** GraphProto: node 1, initializer 5, input 11, output 12, sparse_initializer 15. */
  private readGraph(graph: WireField, depth: number): void {
    if (depth > MAX_DEPTH)
      throw new InputError('limit_exceeded', `subgraphs of an ONNX file may be nested ${MAX_DEPTH} deep, got more`);
    const weights = new Set<string>();
    const inputs: DeclaredValue[] = [];
    const outputs: DeclaredValue[] = [];
    for (const field of graph.message()) {
      if (field.number === 1) this.readNode(field, depth);
      else if (field.number === 5) weights.add(this.readTensor(field, true));
      else if (field.number === 11) inputs.push(readValue(field));
      else if (field.number === 12) outputs.push(readValue(field));
      else if (field.number === 15) this.readSparseTensor(field);
    }
    if (depth > 0) return;
    this.hasGraph = true;
    // Files of IR version 3 list their weights among the inputs.
    this.inputs = [...this.inputs, ...inputs].filter(({ name }) => !weights.has(name));
    this.outputs = [...this.outputs, ...outputs];
  }

  /** NodeProto: op_type 4, attribute 5, domain 7. */
  private readNode(node: WireField, depth: number): void {
    this.numNodes += 1;
    if (this.numNodes > MAX_NODES)
      throw new InputError('limit_exceeded', `an ONNX file may have at most ${MAX_NODES} nodes, got more`);
    for (const field of node.message()) if (field.number === 5) this.readAttribute(field, depth);
    const domain = textOf(node, 7);
    if (!STANDARD_DOMAINS.has(domain)) this.customOperator ??= `${domain}:${textOf(node, 4)}`.slice(0, 80);
  }

  /** AttributeProto: t 5, g 6, tensors 10, graphs 11, sparse_tensor 22, sparse_tensors 23. */
  private readAttribute(attribute: WireField, depth: number): void {
    for (const field of attribute.message()) {
      if (field.number === 5 || field.number === 10) this.readTensor(field, false);
      else if (field.number === 6 || field.number === 11) this.readGraph(field, depth + 1);
      else if (field.number === 22 || field.number === 23) this.readSparseTensor(field);
    }
  }

  /** TensorProto: dims 1, name 8, external_data 13, data_location 14. @returns its name */
  private readTensor(tensor: WireField, isWeight: boolean): string {
    const name = textOf(tensor, 8);
    let size = 1;
    for (const field of tensor.message()) {
      if (field.number === 1) size *= field.integers().reduce((product, dimension) => product * dimension, 1);
      const isExternal = field.number === 13 || (field.number === 14 && field.integer() === EXTERNAL);
      if (isExternal) this.externalTensor ??= name.slice(0, 80);
    }
    if (isWeight && Number.isSafeInteger(size)) this.paramCount += size;
    return name;
  }

  /** SparseTensorProto: values 1, indices 2, both tensors. */
  private readSparseTensor(tensor: WireField): void {
    for (const field of tensor.message()) if (field.number <= 2) this.readTensor(field, false);
  }
}

/** ValueInfoProto: name 1, type 2 (TypeProto: tensor_type 1 (elem_type 1, shape 2 (dim 1))). */
function readValue(value: WireField): DeclaredValue {
  let elementType = 0;
  let shape: Array<number | string> | undefined;
  for (const type of within(value, 2)) {
    for (const tensorType of within(type, 1)) {
      for (const field of tensorType.message()) {
        if (field.number === 1) elementType = field.integer();
        if (field.number === 2) shape = [...within(field, 1)].map(readDimension);
      }
    }
  }
  return { name: textOf(value, 1).slice(0, 80), elementType, shape };
}

/** Dimension: dim_value 1, dim_param 2. */
function readDimension(dimension: WireField): number | string {
  for (const field of dimension.message()) if (field.number === 1) return field.integer();
  return textOf(dimension, 2).slice(0, 80);
}

function* within(message: WireField, number: number): Generator<WireField> {
  for (const field of message.message()) if (field.number === number) yield field;
}

/** The last text of that number, as protobuf wants it; '' without one. */
function textOf(message: WireField, number: number): string {
  let text = '';
  for (const field of within(message, number)) text = field.text();
  return text;
}

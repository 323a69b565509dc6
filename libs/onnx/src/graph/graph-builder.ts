import {
  ATTRIBUTE_TYPES,
  ELEMENT_TYPES,
  encodeModel,
  type AttributeProto,
  type ElementType,
  type GraphProto,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
} from './onnx-proto.js';

/** A tensor inside a graph; obtained from a GraphBuilder, never made by hand. */
export interface Value {
  readonly name: string;
}

/** A fixed size, or the name of a size that is known only when the graph runs (`'B'`). */
export type Dimension = number | string;
type TensorData = Float32Array | Int32Array | BigInt64Array | Uint8Array | Int8Array;

/** Plain numbers are integers; `{ float }` writes a float attribute; a GraphBuilder is a subgraph. */
type Attribute = number | readonly number[] | string | { readonly float: number } | GraphBuilder;
type Attributes = Readonly<Record<string, Attribute>>;

const IR_VERSION = 8;
const OPSET_VERSION = 17;

/** What the builders of a model and of its subgraphs share: ONNX names are unique over all of them. */
interface Namespace {
  readonly names: Set<string>;
  readonly constants: Map<string, Value>;
  counter: number;
}

/**
 * Writes an ONNX graph (opset 17, the default domain only) node by node; nodes run in the order in which they
 * were added. A subgraph made by `subgraph()` may read every value of its outer graph.
 */
export class GraphBuilder {
  private readonly nodes: NodeProto[] = [];
  private readonly initializers: TensorProto[] = [];
  private readonly inputs: ValueInfoProto[] = [];
  private readonly outputs: ValueInfoProto[] = [];
  private readonly namespace: Namespace;

  constructor(
    readonly name: string,
    private readonly outer?: GraphBuilder,
  ) {
    this.namespace = outer?.namespace ?? { names: new Set(), constants: new Map(), counter: 0 };
  }

  /** A graph for an attribute (`Loop`'s body); its names never collide with ours. */
  subgraph(name: string): GraphBuilder {
    return new GraphBuilder(name, this);
  }

  input(name: string, type: ElementType, shape: readonly Dimension[]): Value {
    this.inputs.push(valueInfo(this.claim(name), type, shape));
    return { name };
  }

  /**
   * A constant tensor, row-major; `data` is read when the model is encoded. Subgraphs put theirs into the
   * outermost graph.
   */
  initializer(name: string, type: ElementType, shape: readonly number[], data: TensorData): Value {
    if (this.outer) return this.outer.initializer(name, type, shape, data);
    const size = shape.reduce((product, dimension) => product * dimension, 1);
    if (data.length !== size)
      throw new RangeError(`${name}: shape [${shape.join(',')}] needs ${size} numbers, got ${data.length}`);
    const rawData = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    this.initializers.push({ name: this.claim(name), dims: shape, dataType: ELEMENT_TYPES[type], rawData });
    return { name };
  }

  /** A float32 scalar; equal ones are stored once. */
  scalar(value: number): Value {
    return this.constant(`float_${value}`, () => ['float32', [], Float32Array.of(value)]);
  }

  /** An int64 vector, as shapes and axes need it; equal ones are stored once. */
  integers(...values: readonly number[]): Value {
    return this.constant(`ints_${values.join('_')}`, () => [
      'int64',
      [values.length],
      BigInt64Array.from(values, BigInt),
    ]);
  }

  /** An int64 scalar, as Gather needs it to drop an axis; equal ones are stored once. */
  integer(value: number): Value {
    return this.constant(`int_${value}`, () => ['int64', [], BigInt64Array.of(BigInt(value))]);
  }

  /** A bool scalar. */
  boolean(value: boolean): Value {
    return this.constant(`bool_${value}`, () => ['bool', [], Uint8Array.of(Number(value))]);
  }

  /** A uint8 scalar. */
  byte(value: number): Value {
    return this.constant(`byte_${value}`, () => ['uint8', [], Uint8Array.of(value)]);
  }

  /** Adds a node with one output. An `undefined` input is an optional one that is left out. */
  op(type: string, inputs: ReadonlyArray<Value | undefined>, attributes: Attributes = {}): Value {
    const output = { name: this.fresh(type) };
    this.addNode(type, inputs, [output], attributes);
    return output;
  }

  /** Adds a node with `count` outputs. */
  ops(type: string, inputs: ReadonlyArray<Value | undefined>, count: number, attributes: Attributes = {}): Value[] {
    const outputs = Array.from({ length: count }, () => ({ name: this.fresh(type) }));
    this.addNode(type, inputs, outputs, attributes);
    return outputs;
  }

  add(left: Value, right: Value): Value {
    return this.op('Add', [left, right]);
  }

  sub(left: Value, right: Value): Value {
    return this.op('Sub', [left, right]);
  }

  mul(left: Value, right: Value): Value {
    return this.op('Mul', [left, right]);
  }

  div(left: Value, right: Value): Value {
    return this.op('Div', [left, right]);
  }

  /** Rows (entries of axis 0) of `table` chosen by `indices`, int32 or int64. */
  gather(table: Value, indices: Value): Value {
    return this.op('Gather', [table, indices], { axis: 0 });
  }

  /** Declares `value` as an output called `name`. */
  output(name: string, value: Value, type: ElementType, shape: readonly Dimension[]): void {
    this.outputs.push(valueInfo(this.claim(name), type, shape));
    this.addNode('Identity', [value], [{ name }], {});
  }

  /** The .onnx bytes; `metadata` becomes the model's metadata properties. */
  encode(metadata: Readonly<Record<string, string>> = {}): Uint8Array {
    return encodeModel({
      irVersion: IR_VERSION,
      producerName: 'stride',
      graph: this.toProto(),
      opsetImport: [{ domain: '', version: OPSET_VERSION }],
      metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    });
  }

  toProto(): GraphProto {
    return {
      name: this.name,
      node: this.nodes,
      initializer: this.initializers,
      input: this.inputs,
      output: this.outputs,
    };
  }

  private constant(key: string, make: () => readonly [ElementType, readonly number[], TensorData]): Value {
    const known = this.namespace.constants.get(key);
    if (known) return known;
    const [type, shape, data] = make();
    const value = this.initializer(`constant_${key}`, type, shape, data);
    this.namespace.constants.set(key, value);
    return value;
  }

  private addNode(
    type: string,
    inputs: ReadonlyArray<Value | undefined>,
    outputs: readonly Value[],
    attributes: Attributes,
  ): void {
    this.nodes.push({
      name: this.fresh(`node_${type}`),
      opType: type,
      input: inputs.map((input) => input?.name ?? ''),
      output: outputs.map((output) => output.name),
      attribute: Object.entries(attributes).map(([name, attribute]) => attributeProto(name, attribute)),
    });
  }

  private fresh(prefix: string): string {
    return this.claim(`${prefix}_${this.namespace.counter++}`);
  }

  private claim(name: string): string {
    if (this.namespace.names.has(name)) throw new RangeError(`the name ${name} is taken in this model`);
    this.namespace.names.add(name);
    return name;
  }
}

function valueInfo(name: string, type: ElementType, shape: readonly Dimension[]): ValueInfoProto {
  const dim = shape.map((size) => (typeof size === 'number' ? { dimValue: size } : { dimParam: size }));
  return { name, type: { tensorType: { elemType: ELEMENT_TYPES[type], shape: { dim } } } };
}

function attributeProto(name: string, attribute: Attribute): AttributeProto {
  if (typeof attribute === 'number') return { name, type: ATTRIBUTE_TYPES.int, i: attribute };
  if (typeof attribute === 'string')
    return { name, type: ATTRIBUTE_TYPES.string, s: new TextEncoder().encode(attribute) };
  if (attribute instanceof GraphBuilder) return { name, type: ATTRIBUTE_TYPES.graph, g: attribute.toProto() };
  if ('float' in attribute) return { name, type: ATTRIBUTE_TYPES.float, f: attribute.float };
  return { name, type: ATTRIBUTE_TYPES.ints, ints: attribute };
}

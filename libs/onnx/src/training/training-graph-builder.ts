import { GraphBuilder } from '../graph/graph-builder.js';
import type { GraphProto } from '../graph/onnx-proto.js';

/**
 * A graph builder whose outputs are the values themselves. GraphBuilder copies each into an Identity, which
 * ONNX Runtime keeps where a value has other readers too; a backward pass has dozens of such outputs, each as
 * large as a layer.
 */
export class TrainingGraphBuilder extends GraphBuilder {
  override toProto(): GraphProto {
    const graph = super.toProto();
    const produced = new Set(graph.node.flatMap(({ output }) => output));
    const declared = new Set(graph.output.map(({ name }) => name));
    const renamed = new Map<string, string>();
    const nodes = graph.node.filter(({ opType, input: [source], output: [target] }) => {
      const isCopy = opType === 'Identity' && declared.has(target) && produced.has(source) && !renamed.has(source);
      if (isCopy) renamed.set(source, target);
      return !isCopy;
    });
    const rename = (names: readonly string[]) => names.map((name) => renamed.get(name) ?? name);
    return {
      ...graph,
      node: nodes.map((node) => ({ ...node, input: rename(node.input), output: rename(node.output) })),
    };
  }
}

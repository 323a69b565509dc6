/** The graphs of a model's small calls: captured when first needed, few at a time. Knows no kernel. */

import type { CudaContext, CudaGraph, DeviceMemory } from '../runtime/cuda-context.js';

/** An engine asks for few numbers of steps per call; a graph of 50 steps has 500 nodes. */
const MOST_GRAPHS = 24;

/** What a graph is made for: so many lanes at most, exactly so many steps. */
export interface GraphSize {
  readonly lanes: number;
  readonly steps: number;
}

export class CallGraphs {
  /** The one that was used last is the last. */
  private readonly graphs = new Map<string, CudaGraph>();
  /** Its address is part of every graph. */
  private memory: DeviceMemory | undefined;

  constructor(
    private readonly context: CudaContext,
    private readonly launchAll: (size: GraphSize, memory: DeviceMemory) => void,
  ) {}

  /** @param memory of the call; graphs for another are released */
  get(size: GraphSize, memory: DeviceMemory): CudaGraph {
    if (memory !== this.memory) this.release();
    this.memory = memory;
    const key = `${size.lanes} ${size.steps}`;
    const graph = this.graphs.get(key) ?? this.context.capture(() => this.launchAll(size, memory));
    this.graphs.delete(key);
    this.graphs.set(key, graph);
    if (this.graphs.size > MOST_GRAPHS) this.releaseOldest();
    return graph;
  }

  release(): void {
    while (this.graphs.size > 0) this.releaseOldest();
  }

  private releaseOldest(): void {
    for (const [key, graph] of this.graphs) {
      this.graphs.delete(key);
      return graph.release();
    }
  }
}

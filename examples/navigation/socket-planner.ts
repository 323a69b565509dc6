import type { RobotSession } from '#client';
import type { Planner } from './planner.js';

/** Plans over the policy socket; the session keeps count of what is executed. */
export class SocketPlanner implements Planner {
  constructor(
    private readonly session: RobotSession,
    private readonly isContinued: boolean,
  ) {}

  async infer(observation: readonly number[], delay: number): Promise<Float32Array> {
    const { isContinued } = this;
    return (await this.session.infer({ state: observation }, { isContinued, delay_steps: delay })).actions;
  }

  nextAction(): Float32Array | undefined {
    return this.session.nextAction();
  }

  close(): void {
    this.session.close();
  }
}

import { signal, type ReadonlySignal } from '@preact/signals';

/** Where somebody is in a dataset: a row, and how many of its steps are over. */
interface Position {
  readonly row: number;
  readonly steps: number;
}

/** Walks through the steps of each row and then on to the next row, as an episode is played. */
export class Playback {
  private readonly place = signal<Position>({ row: 0, steps: 0 });
  private readonly running = signal(false);
  private timer: ReturnType<typeof setInterval> | undefined;

  /**
   * @param rows how many there are
   * @param horizon steps of a row
   */
  constructor(
    private readonly rows: number,
    private readonly horizon: number,
  ) {
    this.place.value = { row: 0, steps: horizon };
  }

  get position(): ReadonlySignal<Position> {
    return this.place;
  }

  get isRunning(): ReadonlySignal<boolean> {
    return this.running;
  }

  /** Another row, within those that there are, with all its steps. */
  goTo(row: number): void {
    this.place.value = { row: Math.min(Math.max(row, 0), this.rows - 1), steps: this.horizon };
  }

  /** So many of the present row's steps. */
  scrub(steps: number): void {
    this.place.value = { ...this.place.value, steps };
  }

  /** One step further; behind a row comes the next one, behind the last row the first. */
  advance(): void {
    const { row, steps } = this.place.value;
    this.place.value =
      steps < this.horizon
        ? { row, steps: steps + 1 }
        : { row: (row + 1) % this.rows, steps: Math.min(1, this.horizon) };
  }

  play(stepsPerSecond: number): void {
    this.pause();
    this.running.value = true;
    this.timer = setInterval(() => this.advance(), 1_000 / stepsPerSecond);
  }

  pause(): void {
    clearInterval(this.timer);
    this.running.value = false;
  }
}

import { describe, expect, it } from 'vitest';
import { countedSince, engineCounters, histogramQuantile, parseMetrics } from './prometheus.js';

const exposition = (scale: number) => `# HELP stride_samples_total Rows that ended, by the reason why
# TYPE stride_samples_total counter
stride_samples_total{model="pen \\"digits\\", 1",finish_reason="completed"} ${40 * scale}
stride_samples_total{model="a",finish_reason="cancelled"} 3
stride_engine_row_steps_total{model="a",backend="onnx"} ${400 * scale}

stride_engine_step_duration_seconds_bucket{le="0.001",model="a"} ${10 * scale}
stride_engine_step_duration_seconds_bucket{le="0.002",model="a"} ${30 * scale}
stride_engine_step_duration_seconds_bucket{le="0.004",model="a"} ${30 * scale}
stride_engine_step_duration_seconds_bucket{le="+Inf",model="a"} ${40 * scale}
stride_engine_step_duration_seconds_sum{model="a"} 1.5e-2
process_start_time_seconds 1.7e9 1700000000000
`;

describe('parseMetrics', () => {
  it('reads names, labels and values, and leaves comments alone', () => {
    const samples = parseMetrics(exposition(1));
    expect(samples).toHaveLength(9);
    expect(samples[0].labels.get('finish_reason')).toBe('completed');
    expect(samples.find(({ name }) => name === 'process_start_time_seconds')?.value).toBe(1.7e9);
  });
});

describe('engineCounters', () => {
  it('adds up all workers, and counts finished rows alone', () => {
    const counters = engineCounters(parseMetrics(exposition(1) + exposition(2)));
    expect(counters.samples).toBe(120);
    expect(counters.rowSteps).toBe(1_200);
    expect([...counters.stepSeconds]).toEqual([
      [0.001, 30],
      [0.002, 90],
      [0.004, 90],
      [Infinity, 120],
    ]);
  });

  it('says what was counted between two looks, also when there was nothing to see before', () => {
    const [before, after] = [1, 3].map((scale) => engineCounters(parseMetrics(exposition(scale))));
    expect(countedSince(before, after).stepSeconds.get(0.002)).toBe(60);
    expect(countedSince(engineCounters([]), after)).toEqual(after);
  });
});

describe('histogramQuantile', () => {
  const buckets = new Map([
    [0.001, 10],
    [0.002, 30],
    [0.004, 30],
    [Infinity, 40],
  ]);

  it('interpolates within a bucket, as Prometheus does', () => {
    expect(histogramQuantile(0.125, buckets)).toBeCloseTo(0.0005, 10);
    expect(histogramQuantile(0.5, buckets)).toBeCloseTo(0.0015, 10);
    expect(histogramQuantile(0.75, buckets)).toBeCloseTo(0.002, 10);
  });

  it('answers with the largest known bound beyond it, and with nothing when nothing happened', () => {
    expect(histogramQuantile(0.95, buckets)).toBe(0.004);
    expect(histogramQuantile(0.5, new Map())).toBeUndefined();
    expect(histogramQuantile(0.5, new Map([[1, 0]]))).toBeUndefined();
  });
});

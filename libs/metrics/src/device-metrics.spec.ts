import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { DeviceMetrics } from './device-metrics.js';

it('shows of each GPU what its driver says, and no series of what it does not say, or not any more', async () => {
  const registry = new Registry();
  const metrics = new DeviceMetrics(registry);
  const series = async (): Promise<string[]> =>
    (await registry.metrics()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  expect(await series()).toEqual([]);
  metrics.read([
    { index: 0, name: 'A', memoryBytes: 100, memoryUsedBytes: 25, utilizationRatio: 0.5, powerWatts: 300.5 },
    { index: 1, name: 'B', temperatureCelsius: 61 },
  ]);
  expect(await series()).toEqual([
    'stride_device_memory_bytes{device="0",name="A"} 100',
    'stride_device_memory_used_bytes{device="0",name="A"} 25',
    'stride_device_utilization_ratio{device="0",name="A"} 0.5',
    'stride_device_power_watts{device="0",name="A"} 300.5',
    'stride_device_temperature_celsius{device="1",name="B"} 61',
  ]);
  metrics.read([]);
  expect(await series()).toEqual([]);
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUCKET, TestS3 } from '../../libs/storage/testing/s3-server.js';
import { TestProcess } from '../processes.js';
import { redisAvailable, startRedis, type TestRedis } from '../redis.js';

describe.skipIf(!redisAvailable)('An S3 server that ignores conditions', () => {
  let redis: TestRedis;
  let s3: TestS3;
  beforeAll(async () => {
    [redis, s3] = await Promise.all([startRedis(), TestS3.start()]);
    s3.keepsConditions = false;
  });
  afterAll(() => Promise.all([redis.stop(), s3.stop()]));

  it.each(['api', 'worker'])('ends the start of the %s with 78, and says what it lacks', async (name) => {
    const started = new TestProcess({
      name,
      script: `dist/apps/${name}/src/main.js`,
      env: {
        ...s3.env,
        REDIS_URL: redis.url,
        STRIDE_ARTIFACTS: `s3://${BUCKET}/unfit`,
        STRIDE_PORT: '0',
        STRIDE_METRICS_PORT: '0',
      },
    });
    expect(await started.exited).toMatchObject({ code: 78 });
    const fatal = started.lines.find((line) => line.includes('"level":"fatal"'));
    expect(JSON.parse(fatal ?? '')).toMatchObject({
      code: 'unfit_store',
      message: expect.stringContaining('If-None-Match') as string,
    });
  });
});

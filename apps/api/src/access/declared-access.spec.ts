import 'reflect-metadata';
import { Controller, Get, Module } from '@nestjs/common';
import { DiscoveryModule, NestFactory } from '@nestjs/core';
import { describe, expect, it } from 'vitest';
import { StrideFastifyAdapter } from '../http/adapter/fastify-adapter.js';
import { DeclaredAccess } from './declared-access.js';
import { Needs, NeedsNoKey } from './needs.js';

@NeedsNoKey()
@Controller('open')
class OpenController {
  @Get()
  read(): void {}
  notARoute(): void {}
}

@Controller('secret')
class SecretController {
  @Needs('admin')
  @Get()
  read(): void {}
  @Get('more')
  readMore(): void {}
}

const start = async (controllers: (typeof OpenController)[]): Promise<void> => {
  @Module({ imports: [DiscoveryModule], controllers, providers: [DeclaredAccess] })
  class TestModule {}
  const app = await NestFactory.create(TestModule, new StrideFastifyAdapter(), { logger: false, abortOnError: false });
  try {
    await app.init();
  } finally {
    await app.close();
  }
};

describe('An application', () => {
  it('starts when every route says who may use it, by itself or through its controller', async () => {
    await expect(start([OpenController])).resolves.toBeUndefined();
  });

  it('does not start with a route that does not, and names it', async () => {
    const controllers = [OpenController, SecretController] as unknown as (typeof OpenController)[];
    await expect(start(controllers)).rejects.toThrow(/missing: SecretController\.readMore$/);
  });
});

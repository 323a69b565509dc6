import { Injectable, RequestMethod, type OnModuleInit } from '@nestjs/common';
import { METHOD_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { ACCESS } from './needs.js';

/** Lets no process start with a route that says nothing about who may use it. */
@Injectable()
export class DeclaredAccess implements OnModuleInit {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly reflector: Reflector,
  ) {}

  /** @throws TypeError naming the routes */
  onModuleInit(): void {
    const undeclared = this.discovery.getControllers().flatMap(({ metatype }) => this.undeclaredIn(metatype));
    if (undeclared.length === 0) return;
    throw new TypeError(`who may use them? @Needs or @NeedsNoKey is missing: ${undeclared.join(', ')}`);
  }

  private undeclaredIn(controller: unknown): string[] {
    if (typeof controller !== 'function') return [];
    const prototype: object = controller.prototype;
    return this.scanner.getAllMethodNames(prototype).flatMap((name) => {
      const method: unknown = Reflect.get(prototype, name);
      if (typeof method !== 'function') return [];
      const route: RequestMethod | undefined = Reflect.getMetadata(METHOD_METADATA, method);
      const isDeclared = this.reflector.getAllAndOverride(ACCESS, [method, controller]) !== undefined;
      return route === undefined || isDeclared ? [] : [`${controller.name}.${name}`];
    });
  }
}

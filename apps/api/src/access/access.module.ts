import { Global, Module } from '@nestjs/common';
import { APP_GUARD, DiscoveryModule } from '@nestjs/core';
import { ApiKeys } from '#queue';
import { QueueConnection } from '../queue/queue-connection.js';
import { AccessGuard } from './access.guard.js';
import { Authenticator } from './authenticator.js';
import { DeclaredAccess } from './declared-access.js';
import { KeyRing } from './key-ring.js';

/** Who may do what: stands before every route. */
@Global()
@Module({
  imports: [DiscoveryModule],
  providers: [
    { provide: ApiKeys, useFactory: ({ redis }: QueueConnection) => new ApiKeys(redis), inject: [QueueConnection] },
    KeyRing,
    Authenticator,
    AccessGuard,
    { provide: APP_GUARD, useExisting: AccessGuard },
    DeclaredAccess,
  ],
  exports: [ApiKeys, KeyRing, AccessGuard],
})
export class AccessModule {}

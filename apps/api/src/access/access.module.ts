import { Global, Module } from '@nestjs/common';
import { APP_GUARD, DiscoveryModule } from '@nestjs/core';
import { ApiKeys, PageSessions, Quotas } from '#queue';
import { KeysController } from '../keys/keys.controller.js';
import { QueueConnection } from '../queue/queue-connection.js';
import { SessionController } from '../session/session.controller.js';
import { AccessGuard } from './access.guard.js';
import { Authenticator } from './authenticator.js';
import { DeclaredAccess } from './declared-access.js';
import { KeyLimits } from './key-limits.js';
import { KeyRing } from './key-ring.js';
import { PageCookie } from './page-cookie.js';

/** Who may do what: stands before every route. */
@Global()
@Module({
  imports: [DiscoveryModule],
  controllers: [KeysController, SessionController],
  providers: [
    { provide: ApiKeys, useFactory: ({ redis }: QueueConnection) => new ApiKeys(redis), inject: [QueueConnection] },
    { provide: Quotas, useFactory: ({ redis }: QueueConnection) => new Quotas(redis), inject: [QueueConnection] },
    {
      provide: PageSessions,
      useFactory: ({ redis }: QueueConnection) => new PageSessions(redis),
      inject: [QueueConnection],
    },
    PageCookie,
    KeyLimits,
    KeyRing,
    Authenticator,
    AccessGuard,
    { provide: APP_GUARD, useExisting: AccessGuard },
    DeclaredAccess,
  ],
  exports: [ApiKeys, KeyRing, KeyLimits, AccessGuard, Authenticator],
})
export class AccessModule {}

import { Module } from '@nestjs/common';
import { LiveController } from './live.controller.js';
import { LiveFeed } from './live-feed.js';
import { LiveSnapshots } from './live-snapshots.js';

@Module({ controllers: [LiveController], providers: [LiveFeed, LiveSnapshots], exports: [LiveFeed] })
export class LiveModule {}

import { Controller, Get, Header } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Links } from '../../network/links.js';
import { ManagementPort } from '../../network/management-port.js';
import { FOR_OPERATORS } from '../../network/separate-ports.js';
import { JOB_KINDS, jobsPath, KINDS } from '#contract';
import { NeedsNoKey } from '../../access/needs.js';

const LINKS: readonly (readonly [path: string, text: string])[] = [
  ['/docs', 'API documentation'],
  ['/openapi.json', 'OpenAPI document'],
  ['/queues', 'Queues'],
  ['/metrics', 'Metrics'],
  ['/v1/stats', 'Statistics'],
  ['/v1/workers', 'Workers'],
  ['/v1/models', 'Models'],
  ['/v1/datasets', 'Datasets'],
  ...JOB_KINDS.map((kind) => [jobsPath(kind), KINDS[kind].title] as const),
  ['/health/ready', 'Health'],
];

/** A page for whoever opens the service in a browser. */
@ApiExcludeController()
@NeedsNoKey()
@Controller()
export class IndexController {
  constructor(
    private readonly links: Links,
    private readonly management: ManagementPort,
  ) {}

  @Get()
  @Header('Content-Type', 'text/html; charset=utf-8')
  readIndex(): string {
    const here = this.management.isApart ? LINKS.filter(([path]) => !FOR_OPERATORS.test(path)) : LINKS;
    const items = here.map(
      ([path, text]) => `<li><a href="${this.links.to(path)}">${text}</a> <code>${path}</code></li>`,
    );
    return [
      '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">',
      '<title>Stride</title><style>body{font:16px/1.6 system-ui;max-width:40em;margin:3em auto;padding:0 1em}</style>',
      '<h1>Stride</h1><p>Trains and samples DDIM diffusion models through a work queue.</p>',
      `<ul>${items.join('')}</ul></html>`,
    ].join('\n');
  }
}

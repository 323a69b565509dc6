import { Inject, Injectable } from '@nestjs/common';
import { API_CONFIG, type ApiConfig } from '../api-config.js';

/** Where clients find what this service has: under its public URL, or where they are already. */
@Injectable()
export class Links {
  /** What every path begins with; empty without a public URL. */
  readonly base: string;

  constructor(@Inject(API_CONFIG) { STRIDE_PUBLIC_URL }: ApiConfig) {
    this.base = STRIDE_PUBLIC_URL ?? '';
  }

  /** @param path begins with a slash */
  to(path: string): string {
    return this.base + path;
  }
}

import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Put, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { InputError } from '#ddim';
import { Sha256 } from '#contract';
import type { ByteRange, Page, Store, StoredBlob, StoredRecord } from '#storage';
import { Needs } from '../access/needs.js';
import { AcceptsJson, AcceptsOctetStream } from '../http/body/body.guard.js';
import { uploadChunks } from '../http/body/request-body.js';
import { StoreRoom } from './store-room.js';
import { STORE } from './store-token.js';

/** As much as anybody could store by other ways, and room for checkpoints. */
const MAX_BLOB_BYTES = 16 * 1_073_741_824;
const Count = z.coerce.number().int().min(0).optional();
const Text = z.string().optional();
const RecordWrite = z.strictObject({
  text: z.string(),
  condition: z.union([z.literal('absent'), z.object({ version: z.string() })]).optional(),
});
type RecordWrite = z.output<typeof RecordWrite>;

/** The store as it is, for workers that reach it in no other way; no part of the public description. */
@ApiExcludeController()
@Needs('store')
@Controller('v1/store')
export class StoreController {
  constructor(
    @Inject(STORE) private readonly store: Store,
    private readonly room: StoreRoom,
  ) {}

  @Get()
  async check(): Promise<object> {
    await this.room.require();
    return {};
  }

  @Get('blobs')
  listBlobs(@Query('after', { schema: Text }) after?: string): Promise<Page<StoredBlob>> {
    return this.store.blobs.list(after);
  }

  /** Nothing is stored of bytes that hash to something else. */
  @Put('blobs/:sha256')
  @AcceptsOctetStream()
  async putBlob(@Param('sha256', { schema: Sha256 }) sha256: string, @Req() request: FastifyRequest): Promise<object> {
    await this.room.require();
    return this.store.blobs.put(uploadChunks(request.raw, MAX_BLOB_BYTES), (pending) => {
      if (pending.sha256 === sha256) return Promise.resolve();
      const message = `the bytes must hash to ${sha256}, got ${pending.sha256}`;
      return Promise.reject(new InputError('digest_mismatch', message));
    });
  }

  /** @param start the first byte that is wanted, and `end` the first that is not */
  @Get('blobs/:sha256')
  async getBlob(
    @Param('sha256', { schema: Sha256 }) sha256: string,
    @Query('start', { schema: Count }) start: number | undefined,
    @Query('end', { schema: Count }) end: number | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const opened = await this.store.blobs.open(sha256, rangeOf(start, end));
    if (opened === undefined) throw new InputError('artifact_not_found', `there is no artifact ${sha256}`);
    const { bytes, stream } = opened;
    const { raw: response } = reply.hijack();
    response.setHeader('Content-Type', 'application/octet-stream');
    response.setHeader('Content-Length', String(bytes));
    await pipeline(stream, response).catch((error: unknown) => {
      if (!response.destroyed) throw error; // else the worker went away
    });
  }

  @Get('blobs/:sha256/age')
  async statBlob(@Param('sha256', { schema: Sha256 }) sha256: string): Promise<{ blob: StoredBlob | null }> {
    return { blob: (await this.store.blobs.stat(sha256)) ?? null };
  }

  @Post('blobs/:sha256/age')
  @HttpCode(200)
  async touchBlob(@Param('sha256', { schema: Sha256 }) sha256: string): Promise<{ blob: StoredBlob | null }> {
    return { blob: (await this.store.blobs.touch(sha256)) ?? null };
  }

  @Delete('blobs/:sha256')
  async removeBlob(
    @Param('sha256', { schema: Sha256 }) sha256: string,
    @Query('notSince', { schema: z.coerce.number().optional() }) notSince?: number,
  ): Promise<{ removed: boolean }> {
    return { removed: await this.store.blobs.remove(sha256, notSince) };
  }

  @Get('records')
  async readRecord(@Query('key', { schema: z.string() }) key: string): Promise<{ record: StoredRecord | null }> {
    return { record: (await this.store.records.read(key)) ?? null };
  }

  @Put('records')
  @AcceptsJson()
  async writeRecord(
    @Query('key', { schema: z.string() }) key: string,
    @Body({ schema: RecordWrite }) { text, condition }: RecordWrite,
  ): Promise<{ version: string | null }> {
    return { version: (await this.store.records.write(key, text, condition)) ?? null };
  }

  @Delete('records')
  async removeRecord(@Query('key', { schema: z.string() }) key: string): Promise<{ removed: boolean }> {
    return { removed: await this.store.records.remove(key) };
  }

  @Get('folders')
  listRecords(
    @Query('folder', { schema: z.string() }) folder: string,
    @Query('after', { schema: Text }) after?: string,
  ): Promise<Page<string>> {
    return this.store.records.list(folder, after);
  }

  @Get('revisions')
  async revision(@Query('folder', { schema: z.string() }) folder: string): Promise<{ revision: string | null }> {
    return { revision: (await this.store.records.revision(folder)) ?? null };
  }
}

function rangeOf(start: number | undefined, end: number | undefined): ByteRange | undefined {
  return start === undefined ? undefined : { start, end: end ?? Number.MAX_SAFE_INTEGER };
}

import { Controller, Get, HttpCode, Param, Put, Req, Res } from '@nestjs/common';
import {
  ApiBody,
  ApiCreatedResponse,
  ApiOkResponse,
  ApiOperation,
  ApiProduces,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { ArtifactId, Sha256 } from '#contract';
import { decodeSingleTensor, ArtifactStore, parseArtifactId } from '#storage';
import { RequestCaller, type Caller } from '../access/caller.js';
import { Needs } from '../access/needs.js';
import { declaredSha256 } from '../http/content-digest.js';
import { sendDownload } from '../http/download.js';
import { AcceptsOctetStream } from '../http/body/body.guard.js';
import { uploadChunks } from '../http/body/request-body.js';
import { ArtifactClaims } from './artifact-claims.js';
import { BINARY } from '../openapi/binary.js';
import { StoreRoom } from '../storage/store-room.js';
import { Refuses, STORE_ERRORS, TENSOR_FILE_ERRORS } from '../openapi/refuses.js';
import { headers, NOT_MODIFIED } from '../openapi/response-headers.js';

const MAX_ARTIFACT_BYTES = 64 * 1_024 * 1_024;

const Artifact = z
  .strictObject({
    id: ArtifactId.describe('art_ and the SHA-256'),
    sha256: Sha256.describe('SHA-256 of the bytes'),
    bytes: z.int().min(0).describe('Bytes'),
  })
  .meta({ id: 'Artifact' });
type Artifact = z.output<typeof Artifact>;

@ApiTags('Artifacts')
@Needs('jobs:read')
@Controller('v1/artifacts')
export class ArtifactsController {
  constructor(
    private readonly artifacts: ArtifactStore,
    private readonly room: StoreRoom,
    private readonly claims: ArtifactClaims,
  ) {}

  @Needs('jobs:write')
  @Put()
  @AcceptsOctetStream()
  @HttpCode(201)
  @ApiOperation({
    summary: 'Upload a tensor for use in requests: npy, or safetensors with one tensor',
    description:
      'Stores a tensor of at most 64 MiB, which requests then name by its id in place of the numbers. The same bytes have the same id. An artifact that nothing refers to is removed about a day after the results of its time.',
  })
  @Refuses(...TENSOR_FILE_ERRORS)
  @ApiBody({ schema: BINARY })
  @ApiCreatedResponse({ standardSchema: Artifact })
  async putArtifact(@Req() request: FastifyRequest, @RequestCaller() caller: Caller): Promise<Artifact> {
    await this.room.require();
    await this.claims.requireRoom(caller, Number(request.headers['content-length'] ?? 0));
    const artifact = await this.artifacts.put(uploadChunks(request.raw, MAX_ARTIFACT_BYTES), {
      maxBytes: MAX_ARTIFACT_BYTES,
      sha256: declaredSha256(request.headers['content-digest']),
      inspect: (bytes) => {
        decodeSingleTensor(bytes);
      },
    });
    await this.claims.take(caller, artifact);
    return artifact;
  }

  @Get(':id')
  @ApiOperation({
    summary: 'The bytes of an artifact',
    description: 'Gives the bytes of an artifact that the owner of the key has brought or made.',
  })
  @Refuses('artifact_not_found', ...STORE_ERRORS)
  @ApiProduces('application/octet-stream')
  @ApiOkResponse({ headers: headers('ETag', 'Cache-Control', 'Content-Disposition'), schema: BINARY })
  @ApiResponse(NOT_MODIFIED)
  async getArtifact(
    @Param('id', { schema: ArtifactId }) id: string,
    @RequestCaller() caller: Caller,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const sha256 = parseArtifactId(id);
    await this.claims.require(caller, sha256);
    const artifact = await this.artifacts.open(sha256);
    await sendDownload(reply, artifact, artifact.id);
  }
}

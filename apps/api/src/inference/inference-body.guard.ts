import type { IncomingMessage } from 'node:http';
import { createParamDecorator, Injectable, UseGuards, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RequestGate } from '../http/request-gate.js';
import { readInferenceBody } from './inference-body.js';

const tensors = new WeakMap<IncomingMessage, Buffer>();

/** Lets a request in once JSON and bytes are there, whatever type of content they are said to be. */
@Injectable()
class InferenceBodyGuard implements CanActivate {
  constructor(private readonly gate: RequestGate) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const { json, bytes } = await readInferenceBody(request.raw, http.getResponse<FastifyReply>().raw, this.gate);
    request.body = json;
    tensors.set(request.raw, bytes);
    return true;
  }
}

/** The route takes an inference: JSON, and bytes of tensors behind it. */
export const AcceptsInference = (): MethodDecorator => UseGuards(InferenceBodyGuard);

/** A parameter of such a route: the bytes behind the JSON. */
export const TensorBytes = createParamDecorator(
  (_data: unknown, context: ExecutionContext): Buffer =>
    tensors.get(context.switchToHttp().getRequest<FastifyRequest>().raw) ?? Buffer.alloc(0),
);

import type { IncomingMessage } from 'node:http';
import {
  createParamDecorator,
  Injectable,
  UseInterceptors,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Observable } from 'rxjs';
import { RequestGate } from '../http/request-gate.js';
import { readInferenceBody } from './inference-body.js';

const tensors = new WeakMap<IncomingMessage, Buffer>();

/** Reads JSON and bytes before the pipes look at the JSON, whatever type of content they are said to be. */
@Injectable()
class InferenceBodyInterceptor implements NestInterceptor {
  constructor(private readonly gate: RequestGate) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const { json, bytes } = await readInferenceBody(request.raw, http.getResponse<FastifyReply>().raw, this.gate);
    request.body = json;
    tensors.set(request.raw, bytes);
    return next.handle();
  }
}

/** The route takes an inference: JSON, and bytes of tensors behind it. */
export const AcceptsInference = (): MethodDecorator => UseInterceptors(InferenceBodyInterceptor);

/** A parameter of such a route: the bytes behind the JSON. */
export const TensorBytes = createParamDecorator(
  (_data: unknown, context: ExecutionContext): Buffer =>
    tensors.get(context.switchToHttp().getRequest<FastifyRequest>().raw) ?? Buffer.alloc(0),
);

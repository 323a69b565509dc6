import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';

interface Route {
  readonly method: string;
  readonly path: RegExp;
}

/** The routes that there are, and which of them a request took. */
export class RouteTable {
  private readonly routes: Route[] = [];
  private readonly taken = new WeakMap<IncomingMessage, string>();

  /** Notes every route that is added from now on. */
  follow(instance: Pick<FastifyInstance, 'addHook'>): void {
    instance.addHook('onRoute', (route) => {
      const { url, method } = route;
      const first = route.onRequest ?? [];
      route.onRequest = [
        (request, _reply, done) => {
          this.taken.set(request.raw, url);
          done();
        },
        ...[first].flat(),
      ];
      // files below a folder: whether there is one, only its handler knows
      if (url.endsWith('*')) return;
      this.routes.push(...[method].flat().map((name) => ({ method: name, path: patternOf(url) })));
    });
  }

  /** The pattern of a request's route, once it is routed. */
  patternOf(request: IncomingMessage): string | undefined {
    return this.taken.get(request);
  }

  /** The methods that some route takes at a path, in upper case; HEAD goes with GET. */
  methodsAt(path: string): string[] {
    const methods = this.routes.filter((route) => route.path.test(path)).map(({ method }) => method);
    return [...new Set(methods)].filter((method) => method !== 'HEAD').sort();
  }
}

function patternOf(url: string): RegExp {
  const pattern = url.replaceAll('.', '\\.').replaceAll(/:\w+/g, '[^/]+');
  return new RegExp(`^${pattern.replace(/\/$/, '')}/?$`, 'i');
}

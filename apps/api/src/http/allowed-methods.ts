import type { Request } from 'express';

/** What we read of Express' router, which its types do not show. */
interface RouterLayer {
  readonly route?: { readonly methods: Readonly<Record<string, boolean>> };
  match(path: string): boolean;
}

/**
 * The methods that some route takes at the request's path, in upper case; empty when no route has that path.
 */
export function allowedMethods(request: Request): string[] {
  const methods = routerLayers(request)
    .filter((layer) => layer.route !== undefined && matches(layer, request.path))
    .flatMap((layer) => Object.keys({ ...layer.route?.methods }))
    .filter((method) => method !== '_all');
  return [...new Set(methods)].map((method) => method.toUpperCase()).sort();
}

function routerLayers(request: Request): readonly RouterLayer[] {
  return request.app.router.stack as unknown as readonly RouterLayer[];
}

function matches(layer: RouterLayer, path: string): boolean {
  try {
    return layer.match(path);
  } catch {
    // A path that cannot be decoded matches no route.
    return false;
  }
}

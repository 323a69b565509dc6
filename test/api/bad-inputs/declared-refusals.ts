import type { TestApi } from '../test-api.js';

interface RequestLine {
  readonly method: string;
  readonly path: string;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { responses: Record<string, { $ref?: string }> }>>>>;
  readonly components: { readonly responses: Readonly<Record<string, { readonly description: string }>> };
}

/** An API that remembers the last request that was sent by `fetch` or `post`. */
export function watchRequests(api: TestApi): { readonly api: TestApi; readonly last: () => RequestLine | undefined } {
  let last: RequestLine | undefined;
  const fetch = (path: string, init?: RequestInit) => {
    last = { path, method: init?.method ?? 'GET' };
    return api.fetch(path, init);
  };
  const watched: TestApi = Object.create(api, { fetch: { value: fetch } });
  return { api: watched, last: () => last };
}

/** What the OpenAPI document says of refusals. */
export class DeclaredRefusals {
  private constructor(private readonly document: Document) {}

  static async of(api: TestApi): Promise<DeclaredRefusals> {
    return new DeclaredRefusals((await (await api.fetch('/openapi.json')).json()) as Document);
  }

  /** A refusal that its operation does not declare; undefined where it does, and of what is no operation. */
  undeclared(line: RequestLine | undefined, status: number, code: string): string | undefined {
    const responses = line && this.responsesOf(line);
    if (line === undefined || responses === undefined) return undefined;
    const name = responses[status]?.$ref?.split('/').at(-1) ?? '';
    const description = this.document.components.responses[name]?.description ?? '';
    return description.includes(`\`${code}\``) ? undefined : `${line.method} ${line.path}: ${status} ${code}`;
  }

  private responsesOf({ method, path }: RequestLine) {
    const [plain = ''] = path.split('?');
    const [template = ''] = Object.keys(this.document.paths)
      .filter((candidate) => new RegExp(`^${candidate.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(plain))
      // the most literal path is the one that the router takes
      .sort((a, b) => a.split('{').length - b.split('{').length);
    return this.document.paths[template]?.[method.toLowerCase()]?.responses;
  }
}

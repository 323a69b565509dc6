import { createApiClient } from '#client';

/** Where the API is: beside the page, also below a proxy's path. It ends with a slash. */
export const serviceUrl = new URL('.', document.baseURI).href;

/** The API. A page shows its errors at once, and asks again by itself. */
export const service = createApiClient(serviceUrl, { retryMs: 0 });

/** What shows the API that a request comes from this page, and not from another one in the same browser. */
export const PAGE_HEADERS = { 'X-Stride-Page': '1' } as const;

service.use({
  onRequest({ request }) {
    for (const [name, value] of Object.entries(PAGE_HEADERS)) request.headers.set(name, value);
    return request;
  },
});

import { createStrideClient } from '#client';

/** Where the API is: beside the page, also below a proxy's path. It ends with a slash. */
export const serviceUrl = new URL('.', document.baseURI).href;

/** The API. A page shows its errors at once, and asks again by itself. */
export const service = createStrideClient(serviceUrl, { retryMs: 0 });

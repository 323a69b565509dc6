/** What a store on another machine needs beside its location. */
export interface StoreSettings {
  /** An API key with the scope `store`, for the store of an API. */
  readonly key: string | undefined;
  /** A directory of this machine for bytes that come and go. */
  readonly cache: string;
  /** How much of what was read may stay there. */
  readonly cacheBytes: number;
  /**
   * Whether an S3 server is asked for `/bucket/key` instead of `bucket.host/key`; undefined: where
   * AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL names one that is not Amazon's.
   */
  readonly forcePathStyle: boolean | undefined;
}

export const DEFAULT_STORE_SETTINGS: StoreSettings = {
  key: undefined,
  cache: '.stride/cache',
  cacheBytes: 10 * 1_073_741_824,
  forcePathStyle: undefined,
};

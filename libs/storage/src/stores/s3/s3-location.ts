const LOCATION = /^s3:\/\/(?<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?<path>\/[A-Za-z0-9/._-]*)?$/;

/** Where in which bucket a store lies. */
export interface S3Location {
  readonly bucket: string;
  /** What all keys begin with: nothing, or a path with a `/` at its end. */
  readonly prefix: string;
}

/** What `s3://bucket/prefix` means; undefined: it is no such thing. */
export function parseS3Location(url: string): S3Location | undefined {
  const { bucket, path = '' } = LOCATION.exec(url)?.groups ?? {};
  if (bucket === undefined || path.includes('//')) return undefined;
  const prefix = path.replace(/^\/|\/$/g, '');
  return { bucket, prefix: prefix === '' ? '' : `${prefix}/` };
}

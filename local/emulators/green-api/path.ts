export type AskedPath = { readonly idInstance: string; readonly name: string; readonly apiTokenInstance: string };

const shape = /^(?:\/v3)?\/waInstance(?<idInstance>\d{1,10})\/(?<name>[A-Za-z]+)\/(?<apiTokenInstance>[^/]+)$/;

/** Reads `/waInstance{id}/{method}/{token}`, with MAX's `/v3` before it at most once. */
export const parsePath = (pathname: string): AskedPath | undefined =>
  shape.exec(pathname)?.groups as AskedPath | undefined;

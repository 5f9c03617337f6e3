import type { IncomingHttpHeaders } from 'node:http';
import type { Backend } from './backend.ts';

export type Request = {
  /** The one parameter in the path, decoded. */
  readonly parameter: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
};

export type Answer = {
  /** @default 200 */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A string goes out as it is. */
  readonly body: unknown;
};

export type Handle = (backend: Backend, request: Request) => Answer | Promise<Answer>;

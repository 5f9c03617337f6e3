import * as v from 'valibot';
import { errorNameOf } from '../platform/unknown-values.ts';

/** What the page needs of the issuer's discovery document (https://openid.net/specs/openid-connect-discovery-1_0.html). */
export type Endpoints = Readonly<v.InferOutput<ReturnType<typeof createSchema>>>;

export type Discovery =
  | { readonly kind: 'found'; readonly endpoints: Endpoints }
  /** `detail`: what is wrong, without what the issuer sent. */
  | { readonly kind: 'unavailable'; readonly detail: string };

type DiscoverDependencies = {
  readonly issuer: string;
  readonly fetch: typeof fetch;
  /** Milliseconds of a clock that is never set. */
  readonly nowMs: () => number;
};

/** How long a document is used before it is read again, in milliseconds. */
const keptMs = 3_600_000;
const timeoutMs = 5_000;

/** An issuer on this machine, which has no certificate, is a demo. */
const createSchema = (issuer: string) => {
  const scheme = new URL(issuer).protocol;
  const endpoint = v.pipe(
    v.string(),
    v.check((url) => URL.canParse(url) && ['https:', scheme].includes(new URL(url).protocol)),
  );
  return v.object({
    issuer: v.literal(issuer),
    authorization_endpoint: endpoint,
    token_endpoint: endpoint,
    end_session_endpoint: v.optional(endpoint),
    authorization_response_iss_parameter_supported: v.optional(v.boolean()),
    id_token_signing_alg_values_supported: v.optional(
      v.pipe(
        v.array(v.string()),
        v.filterItems((algorithm) => /^(?:RS|PS|ES)\d{3}$|^Ed/.test(algorithm)),
      ),
    ),
  });
};

const read = async ({ issuer, fetch }: DiscoverDependencies): Promise<Discovery> => {
  const address = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  try {
    const response = await fetch(address, { redirect: 'error', signal: AbortSignal.timeout(timeoutMs) });
    if (!response.ok) return { kind: 'unavailable', detail: `HTTP status ${response.status}` };
    const parsed = v.safeParse(createSchema(issuer), await response.json());
    if (parsed.success) return { kind: 'found', endpoints: parsed.output };
    return { kind: 'unavailable', detail: `wrong: ${v.getDotPath(parsed.issues[0]) ?? 'the whole'}` };
  } catch (error) {
    return { kind: 'unavailable', detail: errorNameOf(error) };
  }
};

/**
 * Reads the discovery document of the issuer, at most once an hour. While the issuer cannot be reached, the last document
 * counts.
 */
export const createDiscover = (dependencies: DiscoverDependencies): (() => Promise<Discovery>) => {
  let last: { readonly discovery: Discovery; readonly atMs: number } | undefined;
  return async () => {
    if (last !== undefined && dependencies.nowMs() - last.atMs < keptMs) return last.discovery;
    const discovery = await read(dependencies);
    if (discovery.kind === 'found') last = { discovery, atMs: dependencies.nowMs() };
    return last?.discovery ?? discovery;
  };
};

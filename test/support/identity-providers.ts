import { createHash } from 'node:crypto';
import { providerRoutes, routeKeyOf } from '../../functions/http/routes.ts';
import type { IdentityProvider, ProviderKind } from '../../functions/identity-providers/identity-providers.ts';
import { createLeaverLimit } from '../../functions/identity-providers/leaver-limit.ts';
import { createProviderMetrics } from '../../functions/identity-providers/provider-metrics.ts';
import { createStartOffboarding } from '../../functions/identity-providers/start-offboarding.ts';
import { parseOwner } from '../../functions/instances/identity.ts';
import type { LastOwners, Owners, ReadOwners } from '../../functions/instances/read-owners.ts';
import type { LambdaFailure } from '../../functions/runs/lambda/failure.ts';
import type { FindRun } from '../../functions/runs/lambda/find-run.ts';
import { stableJson } from '../../functions/runs/lambda/start-run.ts';
import type { RunRequest } from '../../functions/runs/request.ts';
import { countedLeaverOf, type RunName } from '../../functions/runs/run-name.ts';
import { isEndStatus } from '../../functions/runs/run-status.ts';
import { createScimHandler } from '../../functions/scim.ts';
import { createWebhookHandler } from '../../functions/webhook.ts';
import { matchRoute } from '../../local/dev-server/http-event.ts';
import { contextOf, httpEventOf, parseAnswer } from './http-event.ts';

export const tokens = { hr: 'token-of-hr', okta: 'token-of-okta', entra: 'token-of-entra' } as const;

const digest = (token: string): string => createHash('sha256').update(token).digest('hex');

type Limits = Pick<IdentityProvider, 'maxPerHour' | 'maxTargets' | 'watchDays' | 'timeZone'>;

const provider = (name: keyof typeof tokens, kind: ProviderKind, limits: Limits): IdentityProvider => ({
  name,
  kind,
  tokenSha256: [digest(`former-${tokens[name]}`), digest(tokens[name])],
  ...limits,
});

export type ProvidersOptions = Partial<Limits> & {
  /** The `owner` tags there are. */
  readonly owners?: readonly string[];
  /** What Lambda answers instead of starting a run. */
  readonly fail?: (request: RunRequest) => LambdaFailure | undefined;
  /** What Lambda answers instead of its list of runs. */
  readonly failToFind?: LambdaFailure;
  readonly readOwners?: ReadOwners;
  /** @default what `readOwners` gives, as soon as it does */
  readonly lastOwners?: LastOwners;
  /** How many copies of the function share the limits. @default 1 */
  readonly copies?: number;
  /** How long Lambda takes to start a new run, in milliseconds. @default 0 */
  readonly startMs?: number;
  /** The status in which a new run ends at once. @default it runs */
  readonly endsAtOnce?: 'SUCCEEDED';
  /** How long Lambda's list does not show a run, in milliseconds. @default 0 */
  readonly listLagMs?: number;
};

type Request = {
  readonly headers?: Record<string, string>;
  readonly query?: string;
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
  /** @default the one that the gateway finds */
  readonly routeKey?: string;
};

const readableAnswer = (response: Parameters<typeof parseAnswer>[0]) => ({
  ...parseAnswer(response),
  text: response.body ?? '',
});

/** The route of a request as the gateway finds it, and what stood in its placeholders. */
const routeOf = (method: string, path: string) => {
  const matched = matchRoute(providerRoutes, method, path);
  if (matched === undefined) throw new Error(`the gateway has no route for ${method} ${path}`);
  return { routeKey: routeKeyOf(matched.route), pathParameters: { ...matched.pathParameters } };
};

type StartedRun = {
  readonly payload: string;
  readonly startedAt: Date;
  status: string;
  endedAt?: Date;
};

const ownersIn = (reading: Awaited<ReturnType<ReadOwners>>): Owners | undefined =>
  reading.kind === 'owners' ? reading : undefined;

/** The two functions of identity providers, before a Lambda that keeps one payload for each name, at a clock of the test's own. */
export const startProviders = ({
  owners = ['john.doe@example.com 00u3m90rxKjGQ0G6L1d6', 'ann@example.com'],
  maxPerHour = 50,
  fail = () => undefined,
  failToFind,
  readOwners = async () => ({ kind: 'owners', owners: owners.map(parseOwner) }),
  lastOwners = async () => ownersIn(await readOwners()),
  copies = 1,
  startMs = 0,
  endsAtOnce,
  listLagMs = 0,
  ...limits
}: ProvidersOptions = {}) => {
  let now = Date.parse('2026-11-20T17:00:00Z');
  const wait = (ms: number): void => {
    now += ms;
  };
  const started = new Map<RunName, StartedRun>();
  let lookUps = 0;
  const lines: Record<string, unknown>[] = [];
  const log = (level: string, message: string, fields: object) => void lines.push({ level, message, ...fields });
  const metrics = createProviderMetrics(log, 'green-api-logout', () => now);
  const isListed = ({ startedAt }: StartedRun): boolean => now - startedAt.getTime() >= listLagMs;
  const findRun: FindRun = async (name) => {
    lookUps += 1;
    if (failToFind !== undefined) return failToFind;
    const run = started.get(name as RunName);
    if (run === undefined || !isListed(run)) return { kind: 'unknown-run' };
    return { kind: 'found', arn: name, status: run.status, startedAt: run.startedAt, endedAt: run.endedAt };
  };
  const startOffboarding = createStartOffboarding({
    startRun: async (id, request) => {
      const failure = fail(request);
      if (failure !== undefined) return failure;
      const payload = stableJson(request);
      const earlier = started.get(id);
      if (earlier === undefined) {
        const startedAt = new Date(now);
        const end = endsAtOnce && { status: endsAtOnce, endedAt: startedAt };
        started.set(id, { payload, startedAt, status: 'RUNNING', ...end });
        wait(startMs);
      }
      return { kind: (earlier?.payload ?? payload) === payload ? 'started' : 'other-payload', id };
    },
    findRun,
    limit: createLeaverLimit({
      listCountedRuns: async (which) => {
        const runs = [...started].flatMap(([name, run]) => {
          const leaver = countedLeaverOf(name);
          const isWanted = which === 'not-ended' ? !isEndStatus(run.status) : run.startedAt > which.startedSince;
          return leaver && isWanted && isListed(run) ? [{ ...leaver, name, startedAtMs: run.startedAt.getTime() }] : [];
        });
        return failToFind ?? { kind: 'runs', runs };
      },
      copies,
      now: () => now,
    }),
    lastOwners,
    metrics,
    log,
    stack: 'green-api-logout',
    limits: { executionTimeoutMs: 30 * 24 * 60 * 60 * 1_000, maxTargetsCeiling: 500 },
    now: () => now,
  });
  const providers = [
    provider('hr', 'webhook', { maxPerHour, ...limits }),
    provider('okta', 'okta-event-hook', { maxPerHour, ...limits }),
    provider('entra', 'scim', { maxPerHour, ...limits }),
  ];
  const shared = {
    providers,
    startOffboarding,
    metrics,
    now: () => now,
    log,
  };
  const webhook = createWebhookHandler(shared);
  const scim = createScimHandler({ ...shared, readOwners });

  const eventOf = (method: string, path: string, { query = '', headers = {}, ...request }: Request) => {
    const { routeKey, pathParameters } = routeOf(method, path);
    const event = httpEventOf({ routeKey, pathParameters, headers, ...request });
    const requestContext = { ...event.requestContext, domainName: 'api.example.com', http: { method, path } };
    return { ...event, rawPath: path, rawQueryString: query, requestContext } as typeof event;
  };

  return {
    lines,
    /** The requests of the runs that were started. */
    runs: (): readonly RunRequest[] => [...started.values()].map(({ payload }) => JSON.parse(payload)),
    runNames: (): readonly RunName[] => [...started.keys()],
    /** How often Lambda was asked for one run by its name. */
    lookUps: () => lookUps,
    wait,
    /** A run that ended before the test. */
    addRun: (name: RunName, status: string): void =>
      void started.set(name, { payload: '', startedAt: new Date(now), status, endedAt: new Date(now) }),
    /** Ends every run that has not ended, as Lambda reports it. */
    endRuns: (status: 'SUCCEEDED' | 'FAILED' | 'STOPPED' | 'TIMED_OUT'): void => {
      for (const run of started.values())
        if (!isEndStatus(run.status)) Object.assign(run, { status, endedAt: new Date(now) });
    },
    webhook: async (method: string, path: string, request: Request) =>
      readableAnswer(await webhook(eventOf(method, path, request), contextOf())),
    /** With the token of `entra`, unless the request has another. */
    scim: async (method: string, path: string, { headers, ...request }: Request = {}) => {
      const authorized = { authorization: `Bearer ${tokens.entra}`, ...headers };
      return readableAnswer(
        await scim(eventOf(method, `/scim/v2${path}`, { headers: authorized, ...request }), contextOf()),
      );
    },
  };
};

export type Providers = ReturnType<typeof startProviders>;

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { createDiscover, type Discovery } from './desk/discover.ts';
import { type Page, pageFor } from './desk/page.ts';
import { allowedBy, missingSentence } from './http/access.ts';
import { parseCaller } from './http/caller.ts';
import { verifiedClaimsOf } from './http/claims.ts';
import { jsonResponse, problemDetails } from './http/response.ts';
import { capabilities, deskPath } from './http/routes.ts';
import { parseVariables, type ValuesOf, type Variables } from './platform/environment.ts';
import { createLog, type Log, type Write, writeLine } from './platform/log.ts';
import { type AccessEnvironment, deskSettings, readAccess } from './platform/settings.ts';

export type DeskHandlerDependencies = {
  readonly desk: ValuesOf<typeof deskSettings>['desk'];
  /** The name of the deployment. */
  readonly stack: string;
  readonly allow: NonNullable<AccessEnvironment['deskAllow']>;
  readonly discover: () => Promise<Discovery>;
  readonly readPage: () => Page;
  readonly log: Log;
};

const unavailable: APIGatewayProxyStructuredResultV2 = {
  statusCode: 503,
  headers: {
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'retry-after': '30',
  },
  body: "Your company's sign-in cannot be reached at this moment. Load this page again in half a minute.\n",
};

/** The page, which holds no data and no secret. */
const servePage = async ({ desk, discover, readPage, log }: DeskHandlerDependencies) => {
  const discovery = await discover();
  if (discovery.kind === 'unavailable') {
    log('ERROR', 'issuer unavailable', { issuer: desk?.issuer, detail: discovery.detail });
    return unavailable;
  }
  const { html: body, headers } = pageFor(readPage(), { ...desk, ...discovery.endpoints }, discovery.endpoints);
  return { statusCode: 200, headers, body };
};

/** Who is signed in, and what the page may offer. */
const describeSession = (
  { desk, stack, allow }: DeskHandlerDependencies,
  event: APIGatewayProxyEventV2,
): APIGatewayProxyStructuredResultV2 => {
  const { requestedBy: subject, email, person } = parseCaller(event);
  const allowed = allowedBy(allow, verifiedClaimsOf(event));
  const missing = capabilities.filter((capability) => !allowed.includes(capability));
  return jsonResponse(200, {
    service: desk?.demo ? 'Demo desk with emulators' : stack,
    real: desk?.demo !== true,
    features: [],
    person: { subject, email, name: person?.name },
    allowed,
    missing: missing.map((capability) => missingSentence(allow, capability)),
  });
};

/** `GET /desk` and `GET /desk/session` */
export const createDeskHandler = (dependencies: DeskHandlerDependencies) =>
  middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>({ timeoutEarlyInMillis: 0 })
    .use(problemDetails(dependencies.log))
    .handler(async (event) =>
      event.routeKey === `GET ${deskPath}` ? servePage(dependencies) : describeSession(dependencies, event),
    );

/** @param folder of the built page */
export const composeDesk = (variables: Variables, write: Write, folder: string): DeskHandlerDependencies => {
  const { desk, stack } = parseVariables(deskSettings, variables);
  return {
    desk,
    stack,
    allow: readAccess(variables).deskAllow ?? {},
    // Without a desk there is no issuer, and no route leads here.
    discover: createDiscover({ issuer: desk?.issuer ?? 'https://invalid', fetch, nowMs: () => performance.now() }),
    readPage: () => ({
      html: readFileSync(join(folder, 'index.html'), 'utf8'),
      headers: JSON.parse(readFileSync(join(folder, 'headers.json'), 'utf8')),
    }),
    log: createLog(write),
  };
};

export const handler = createDeskHandler(composeDesk(process.env, writeLine, import.meta.dirname));

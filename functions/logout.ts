import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import * as v from 'valibot';
import { type Deadline, deadlineIn } from './green-api/deadline.ts';
import { createConnections } from './green-api/exchange.ts';
import { parseCaller } from './http/caller.ts';
import { logoutResponse } from './http/logout-response.ts';
import { InvalidRequest, parseBody, parseWait } from './http/request.ts';
import { type LogUnexpected, problemDetails } from './http/response.ts';
import { instanceIdRule, parseInstanceId } from './instances/instance-id.ts';
import { composeGreenApi } from './logout/call-with-credential.ts';
import { createLogOut, type LogOut } from './logout/log-out.ts';
import { composeRecordEvidence, createBus } from './logout/record-evidence.ts';
import { composeWarmUp, type WarmUp } from './logout/warm-up.ts';
import { createSecretsManager } from './platform/aws-clients.ts';
import { readEnvironment, type Variables } from './platform/environment.ts';
import { createLog, type Write, writeLine } from './platform/log.ts';

export type LogoutHandlerDependencies = { readonly logOut: LogOut; readonly logUnexpected: LogUnexpected };

/** Time for everything, in milliseconds: API Gateway hangs up after 30 seconds and the caller would learn nothing. */
const deadlineMs = 28_000;
/** Time of that to write the evidence, tell the bus and answer, in milliseconds. */
const closingMs = 2_000;

const deadlineOf = (context: Context): Deadline => {
  const remainingMs = context.getRemainingTimeInMillis?.() ?? Number.POSITIVE_INFINITY;
  return deadlineIn(Math.min(deadlineMs, remainingMs) - closingMs);
};

const bodySchema = v.strictObject(
  {
    reason: v.optional(
      v.pipe(
        v.string('must be a text'),
        v.regex(/^[^\p{Cc}\p{Zl}\p{Zp}]{1,256}$/u, 'must be 1 to 256 characters without control characters'),
      ),
    ),
  },
  'must be a JSON object such as {"reason": "phone lost"}',
);

const parseLogoutRequest = (event: APIGatewayProxyEventV2) => {
  const idInstance = parseInstanceId(event.pathParameters?.idInstance);
  // Written otherwise, as 110100000%35, it might pass a policy that denies this very path.
  if (idInstance === undefined || event.rawPath?.includes('%')) throw new InvalidRequest('idInstance', instanceIdRule);
  const { reason } = parseBody(event, bodySchema, 4_096);
  return {
    idInstance,
    requestId: event.requestContext.requestId,
    requestedBy: parseCaller(event),
    ...(reason !== undefined && { reason }),
  };
};

/** `POST /instances/{idInstance}/logout` */
export const createLogoutHandler = ({ logOut, logUnexpected }: LogoutHandlerDependencies) =>
  // The function keeps its own deadline, so that what was done is always written down before it answers.
  middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>({ timeoutEarlyInMillis: 0 })
    .use(problemDetails(logUnexpected))
    .handler(async (event, context) => {
      const request = parseLogoutRequest(event);
      const { waitMs, applied } = parseWait(event.headers.prefer);
      const outcome = await logOut({ ...request, waitMs }, deadlineOf(context));
      return logoutResponse(request.idInstance, outcome, applied);
    });

const now = () => new Date();

export type ComposedLogout = LogoutHandlerDependencies & { readonly warmUp: WarmUp };

export const composeLogout = (variables: Variables, write: Write): ComposedLogout => {
  const environment = readEnvironment(variables);
  const log = createLog(write);
  const connections = createConnections();
  const secretsManager = createSecretsManager(connections.agent);
  const bus = createBus(environment.eventBus, connections.agent);
  const composed = composeGreenApi(secretsManager, environment, log, connections);
  return {
    logOut: createLogOut({ ...composed, recordEvidence: composeRecordEvidence(log, environment, bus), now }),
    logUnexpected: (error) => log('ERROR', 'unexpected error', error),
    warmUp: composeWarmUp({ ...composed, secretsManager, bus, connections }, environment, variables, log),
  };
};

const { warmUp, ...dependencies } = composeLogout(process.env, writeLine);

export const handler = createLogoutHandler(dependencies);
/** The bundle awaits it during Lambda's init. */
export { warmUp };

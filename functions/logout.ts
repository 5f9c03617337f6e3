import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import * as v from 'valibot';
import { createConnections } from './green-api/exchange.ts';
import { type ApiDependencies, createApiHandler } from './http/access.ts';
import { parseCaller } from './http/caller.ts';
import { logoutResponse, rotationDisabled } from './http/logout-response.ts';
import { parseWait } from './http/prefer.ts';
import { parseBody, parsePathInstance } from './http/request.ts';
import { composeGreenApi, type Waits } from './instances/call-with-credential.ts';
import { composeRotation } from './instances/token-rotation/attempt.ts';
import { createTestOldToken } from './instances/token-rotation/old-token.ts';
import { createRotateToken } from './instances/token-rotation/rotate-token.ts';
import { createLogOut, type LogOut } from './logout/log-out.ts';
import { composeRecordEvidence, createBus } from './logout/record-evidence.ts';
import { composeWarmUp, type WarmUp } from './logout/warm-up.ts';
import { createSecretsManager } from './platform/aws-clients.ts';
import { answerDeadline } from './platform/deadline.ts';
import type { Variables } from './platform/environment.ts';
import { createLog, type Write, writeLine } from './platform/log.ts';
import { readAccess, readEnvironment } from './platform/settings.ts';

type LogoutHandlerDependencies = ApiDependencies & {
  readonly logOut: LogOut;
  /** Whether this deployment rotates tokens. */
  readonly tokenRotation: boolean;
};

const bodySchema = v.strictObject(
  {
    reason: v.exactOptional(
      v.pipe(
        v.string('must be a string'),
        v.regex(
          // All but Cc, Zl and Zp. `log.ts` states why not by their names.
          /^[ -~\u00a0-\u2027\u202a-\u{10ffff}]{1,256}$/u,
          'must be 1 to 256 characters without control characters',
        ),
      ),
    ),
    clearQueue: v.exactOptional(v.boolean('must be true or false')),
    rotateToken: v.exactOptional(v.boolean('must be true or false')),
  },
  'must be a JSON object such as {"reason": "phone lost"}',
);

const parseLogoutRequest = (event: APIGatewayProxyEventV2) => {
  const idInstance = parsePathInstance(event);
  const body = parseBody(event, bodySchema, 4_096);
  return { idInstance, requestId: event.requestContext.requestId, ...parseCaller(event), ...body };
};

/** `POST /instances/{idInstance}/logout` */
export const createLogoutHandler = ({ logOut, tokenRotation, ...api }: LogoutHandlerDependencies) =>
  createApiHandler(api, async (event, context) => {
    const request = parseLogoutRequest(event);
    const { waitMs, applied } = parseWait(event.headers.prefer);
    if (request.rotateToken && !tokenRotation)
      return rotationDisabled({ idInstance: request.idInstance, confirmed: false, retryable: false });
    const result = await logOut({ ...request, waitMs }, answerDeadline(context));
    return logoutResponse(request.idInstance, result, applied);
  });

const now = () => new Date();

export const composeLogout = (
  variables: Variables,
  write: Write,
  { clock, ...waits }: Waits = {},
): LogoutHandlerDependencies & { readonly warmUp: WarmUp } => {
  const environment = readEnvironment(variables);
  const log = createLog(write);
  const connections = createConnections();
  const secretsManager = createSecretsManager(connections.agent);
  const bus = createBus(environment.eventBus, connections.agent);
  const composed = composeGreenApi(secretsManager, environment, log, { ...waits, connections });
  const rotation = composeRotation(secretsManager, composed.greenApi, environment, clock);
  return {
    logOut: createLogOut({
      ...composed,
      rotateToken: createRotateToken(rotation),
      testOldToken: createTestOldToken(rotation),
      recordEvidence: composeRecordEvidence(log, environment, bus),
      now,
    }),
    tokenRotation: environment.tokenRotation,
    access: readAccess(variables),
    log,
    warmUp: composeWarmUp({ ...composed, secretsManager, bus, connections }, environment, variables, log),
  };
};

const { warmUp, ...dependencies } = composeLogout(process.env, writeLine);

export const handler = createLogoutHandler(dependencies);
/** The bundle awaits it during Lambda's init. */
export { warmUp };

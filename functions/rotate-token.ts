import middy from '@middy/core';
import * as v from 'valibot';
import { type InstanceId, parseInstanceId } from './green-api/instance-id.ts';
import { composeGreenApi, type Waits } from './instances/call-with-credential.ts';
import { composeRotation } from './instances/token-rotation/attempt.ts';
import { createRotationSteps, type RotationSteps } from './instances/token-rotation/rotation-steps.ts';
import { tokenFigures } from './logout/evidence.ts';
import { createSecretsManager } from './platform/aws-clients.ts';
import { deadlineIn } from './platform/deadline.ts';
import type { Variables } from './platform/environment.ts';
import { createLog, type Log, type Write, writeLine } from './platform/log.ts';
import { functionMetrics } from './platform/metrics.ts';
import { readEnvironment } from './platform/settings.ts';

type RotateTokenHandlerDependencies = {
  readonly steps: RotationSteps;
  readonly secretPrefix: string;
  /** The deployment, a dimension of the metrics. */
  readonly stack: string;
  readonly now: () => Date;
  readonly log: Log;
};

/** https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html */
const eventSchema = v.object({
  Step: v.picklist(['createSecret', 'setSecret', 'testSecret', 'finishSecret']),
  SecretId: v.pipe(v.string(), v.maxLength(2_048)),
  ClientRequestToken: v.pipe(v.string(), v.regex(/^[\w-]{32,64}$/)),
});

/** A step of a rotation failed. Secrets Manager shows the message, and may start the rotation again. */
export class RotationFailed extends Error {
  override readonly name = 'RotationFailed';
}

/** The name in an ARN ends in a hyphen and six random characters that Secrets Manager added. */
const nameOf = (secretId: string): string =>
  /^arn:[^:]+:secretsmanager:[^:]*:[0-9]{12}:secret:(.+)-[A-Za-z0-9]{6}$/.exec(secretId)?.[1] ?? secretId;

const parseInstance = (secretId: string, secretPrefix: string): InstanceId => {
  const name = nameOf(secretId);
  const idInstance = name.startsWith(secretPrefix) ? parseInstanceId(name.slice(secretPrefix.length)) : undefined;
  if (idInstance !== undefined) return idInstance;
  throw new RotationFailed(
    `the secret is not an instance of this deployment: its name must be ${secretPrefix}<idInstance>`,
  );
};

const parseEvent = (event: unknown) => {
  const parsed = v.safeParse(eventSchema, event);
  if (parsed.success) return parsed.output;
  throw new RotationFailed(
    'the event must have Step, SecretId and ClientRequestToken of a rotation by Secrets Manager',
  );
};

/** Time to log the result and answer, in milliseconds. */
const closingMs = 2_000;

/**
 * Secrets Manager → one step of the rotation of an instance's token. A repeated step does nothing twice.
 *
 * @throws RotationFailed, which Secrets Manager records as a failed rotation
 */
export const createRotateTokenHandler = (dependencies: RotateTokenHandlerDependencies) => {
  const { steps, secretPrefix, log, stack, now } = dependencies;
  return middy<unknown, void>({ timeoutEarlyInMillis: 0 }).handler(async (event, context) => {
    const { Step: step, SecretId, ClientRequestToken } = parseEvent(event);
    const idInstance = parseInstance(SecretId, secretPrefix);
    // The token was already replaced at GREEN-API when it was created.
    if (step === 'setSecret') return;
    const deadline = deadlineIn(Math.max(0, context.getRemainingTimeInMillis() - closingMs));
    const { kind, detail } = await steps[step]({ idInstance, clientRequestToken: ClientRequestToken }, deadline);
    const metrics = functionMetrics(tokenFigures({ kind }), stack, now());
    const facts = { function: 'rotate-token', idInstance, step, kind, detail, ...metrics };
    log(kind === 'rotated' ? 'INFO' : 'ERROR', 'token rotation', facts);
    if (kind !== 'rotated') throw new RotationFailed(`${kind}: ${detail}`);
  });
};

export const composeRotateToken = (
  variables: Variables,
  write: Write,
  { clock, ...waits }: Waits = {},
): RotateTokenHandlerDependencies => {
  const environment = readEnvironment(variables);
  const client = createSecretsManager();
  const log = createLog(write);
  const { greenApi } = composeGreenApi(client, environment, log, waits);
  return {
    steps: createRotationSteps(composeRotation(client, greenApi, environment, clock)),
    secretPrefix: environment.secretPrefix,
    stack: environment.stack,
    now: () => new Date(),
    log,
  };
};

export const handler = createRotateTokenHandler(composeRotateToken(process.env, writeLine));

import type { InstanceId } from './green-api/instance-id.ts';
import type { StateAnswer } from './green-api/responses.ts';
import { stateClassOf } from './green-api/vocabulary.ts';
import { type ApiDependencies, createApiHandler } from './http/access.ts';
import { failureResponse } from './http/logout-response.ts';
import { parsePathInstance } from './http/request.ts';
import { jsonResponse } from './http/response.ts';
import { composeGreenApi, type NotCalled, type Waits } from './instances/call-with-credential.ts';
import { createSecretsManager } from './platform/aws-clients.ts';
import { answerDeadline, type Deadline } from './platform/deadline.ts';
import { parseVariables, type Variables } from './platform/environment.ts';
import { createLog, type Write, writeLine } from './platform/log.ts';
import { readAccess, readingSettings } from './platform/settings.ts';

type StateHandlerDependencies = ApiDependencies & {
  readonly readState: (idInstance: InstanceId, deadline: Deadline) => Promise<StateAnswer | NotCalled>;
  readonly now: () => Date;
};

/** What differs from the answer to a logout that meets the same failure. */
const stateTexts = {
  unavailable: { title: 'The state cannot be read now', todo: 'Try again.' },
  'timed-out': { title: 'There was no answer in time', todo: 'Try again.' },
  'rate-limited': {
    title: 'GREEN-API allows one reading a second',
    todo: 'The confirmation of a logout also reads the state, for up to 30 s. Try again.',
  },
} as const;

const respond = (idInstance: InstanceId, answer: StateAnswer | NotCalled, now: Date) => {
  if (answer.kind === 'state') {
    const { stateInstance } = answer;
    const stateClass = stateClassOf(stateInstance);
    return jsonResponse(200, { idInstance, stateInstance, stateClass, readAt: now.toISOString() });
  }
  // GREEN-API's phrase is "starting or not authorized", so the state is not known.
  const kind = answer.kind === 'not-authorized' ? 'unavailable' : answer.kind;
  return failureResponse({ kind, detail: answer.detail }, { idInstance }, stateTexts);
};

/** `GET /instances/{idInstance}/state`: the state that GREEN-API reports now. Changes nothing. */
export const createStateHandler = ({ readState, now, ...api }: StateHandlerDependencies) =>
  createApiHandler(api, async (event, context) => {
    const idInstance = parsePathInstance(event);
    return respond(idInstance, await readState(idInstance, answerDeadline(context)), now());
  });

export const composeState = (
  variables: Variables,
  write: Write,
  waits: Pick<Waits, 'rateLimiter'> = {},
): StateHandlerDependencies => {
  const log = createLog(write);
  const environment = parseVariables(readingSettings, variables);
  const { callWithCredential, greenApi } = composeGreenApi(createSecretsManager(), environment, log, waits);
  return {
    readState: (idInstance, deadline) => callWithCredential(idInstance, greenApi.readState, deadline),
    now: () => new Date(),
    access: readAccess(variables),
    log,
  };
};

export const handler = createStateHandler(composeState(process.env, writeLine));

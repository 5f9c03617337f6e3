import { pause } from '../green-api/fault-plays.ts';
import type { Handle } from '../loopback-server.ts';
import { AwsError } from './aws-error.ts';
import type { FaultPlan } from './fault-plan.ts';
import { faultNamed } from './faults.ts';
import { type OperationName, operations } from './operations.ts';
import { type AwsRequest, parseRequest, parseSecretId, sendError, sendOutput } from './requests.ts';
import type { SecretStore } from './secret-store.ts';

/** One request that was understood. */
export type SecretsManagerCall = {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly operation: OperationName;
  /** As it was asked for: a name, an ARN, or the beginning of names that are listed. */
  readonly secretId?: string;
};

type Dependencies = {
  readonly store: SecretStore;
  readonly plan: FaultPlan;
  readonly record: (call: SecretsManagerCall) => void;
};

/** Answers each request with what its operation gives, unless a fault stands in the way. */
export const createAnswer = ({ store, plan, record }: Dependencies): Handle => {
  const takeFault = (operation: OperationName, secretId: string | undefined) => {
    const secret = secretId === undefined ? undefined : store.find(secretId);
    const planned = plan.take(operation, [secretId, secret?.name, secret?.arn]);
    return planned && { delayMs: 2000, ...planned, ...faultNamed(planned.fault) };
  };

  const readingFault = (secretId: string) => {
    const fault = takeFault('GetSecretValue', secretId);
    return fault?.kind === 'error' ? fault.error : undefined;
  };

  const run = ({ operation, input }: AwsRequest) => operations[operation]({ store, readingFault }, input);

  return async (request, response) => {
    try {
      const asked = await parseRequest(request);
      const secretId = parseSecretId(asked.input);
      record({ at: Date.now(), operation: asked.operation, ...(secretId !== undefined && { secretId }) });
      const fault = takeFault(asked.operation, secretId);
      if (fault?.kind === 'hang') return;
      if (fault?.kind === 'reset') return void request.socket.resetAndDestroy();
      if (fault?.kind === 'error') throw fault.error;
      if (fault?.kind === 'slow') await pause(fault.delayMs);
      sendOutput(response, run(asked));
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      sendError(response, error);
    }
  };
};

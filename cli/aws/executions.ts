import {
  type Execution,
  GetDurableExecutionCommand,
  type GetDurableExecutionCommandOutput,
  LambdaClient,
  ListDurableExecutionsByFunctionCommand,
  StopDurableExecutionCommand,
} from '@aws-sdk/client-lambda';
import { hasEnded } from '../../client/answers.ts';
import { callAws } from './aws-failure.ts';
import type { AwsSettings } from './aws-settings.ts';

/** The runs of a deployment as Lambda keeps them. */
export type Executions = {
  readonly client: LambdaClient;
  /** All executions of a function, the newest first, whatever their status. */
  readonly list: (functionName: string) => AsyncIterable<Execution>;
  readonly get: (arn: string) => Promise<GetDurableExecutionCommandOutput>;
  /** @param stoppedBy is kept in the error of the execution */
  readonly stop: (arn: string, stoppedBy: string) => Promise<void>;
};

export const hasExecutionEnded = ({ Status }: Pick<Execution, 'Status'>): boolean =>
  Status !== undefined && hasEnded({ status: Status });

/** The endpoint may be a local one: the SDK reads `AWS_ENDPOINT_URL_LAMBDA` itself. */
export const createExecutions = (aws: AwsSettings): Executions => {
  const client = new LambdaClient({ ...aws, requestHandler: { connectionTimeout: 3_000, requestTimeout: 10_000 } });
  return {
    client,
    // Lambda lists the newest first; `ReverseOrder` would list the oldest first. A filter on `Statuses` takes five values only and would miss the others.
    list: async function* (functionName) {
      let Marker: string | undefined;
      do {
        const command = new ListDurableExecutionsByFunctionCommand({ FunctionName: functionName, Marker });
        const page = await callAws('lambda:ListDurableExecutionsByFunction', () => client.send(command));
        yield* page.DurableExecutions ?? [];
        Marker = page.NextMarker;
      } while (Marker !== undefined);
    },
    get: (arn) =>
      callAws('lambda:GetDurableExecution', () =>
        client.send(new GetDurableExecutionCommand({ DurableExecutionArn: arn })),
      ),
    stop: async (arn, stoppedBy) => {
      const reason = { ErrorType: 'RunStopped', ErrorMessage: `Stopped by ${stoppedBy}` };
      const command = new StopDurableExecutionCommand({ DurableExecutionArn: arn, Error: reason });
      await callAws('lambda:StopDurableExecution', () => client.send(command));
    },
  };
};

import {
  type Execution,
  GetDurableExecutionCommand,
  LambdaClient,
  paginateListDurableExecutionsByFunction,
  StopDurableExecutionCommand,
} from '@aws-sdk/client-lambda';
import { hasEnded } from '../../client/answers.ts';
import { type AwsSettings, explained } from './call-aws.ts';

export const hasExecutionEnded = ({ Status }: Pick<Execution, 'Status'>): boolean =>
  Status !== undefined && hasEnded({ status: Status });

/**
 * The runs of a deployment as Lambda keeps them. The endpoint may be a local one: the SDK reads `AWS_ENDPOINT_URL_LAMBDA` itself.
 */
export const createExecutions = (aws: AwsSettings) => {
  const requestHandler = { connectionTimeout: 3_000, requestTimeout: 10_000 };
  const client = explained(new LambdaClient({ ...aws, requestHandler }));
  return {
    /**
     * All executions of a function, the newest first, whatever their status. `ReverseOrder` would list the oldest first. A filter on
     * `Statuses` takes five values only and would miss the others.
     */
    list: async function* (FunctionName: string): AsyncGenerator<Execution> {
      for await (const page of paginateListDurableExecutionsByFunction({ client }, { FunctionName }))
        yield* page.DurableExecutions ?? [];
    },
    get: (DurableExecutionArn: string) => client.send(new GetDurableExecutionCommand({ DurableExecutionArn })),
    /** @param stoppedBy is kept in the error of the execution */
    stop: (DurableExecutionArn: string, stoppedBy: string) => {
      const reason = { ErrorType: 'RunStopped', ErrorMessage: `Stopped by ${stoppedBy}` };
      return client.send(new StopDurableExecutionCommand({ DurableExecutionArn, Error: reason }));
    },
  };
};

export type Executions = ReturnType<typeof createExecutions>;

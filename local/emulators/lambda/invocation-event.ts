import type { Operation } from '@aws-sdk/client-lambda';
import type { Execution } from './execution.ts';

/** How much of the state travels with the invocation; the handler reads the rest page by page. */
const maxInitialOperations = 1000;

/** What a replay needs: everything but what lies under a context that has finished and keeps its own result. */
export const operationsToReplay = ({ operations }: Execution): readonly Operation[] => {
  const isLeftOut = ({ ParentId }: Operation): boolean => {
    const parent = operations.get(ParentId ?? '');
    if (parent === undefined) return false;
    const isFinished = parent.Status === 'SUCCEEDED' || parent.Status === 'FAILED';
    return (isFinished && parent.ContextDetails?.ReplayChildren !== true) || isLeftOut(parent);
  };
  return [...operations.values()].filter((operation) => !isLeftOut(operation));
};

/** What the durable SDK inside the handler's process expects as its event. */
export const invocationEvent = (execution: Execution, CheckpointToken: string) => {
  const operations = operationsToReplay(execution);
  return {
    DurableExecutionArn: execution.started.arn,
    CheckpointToken,
    UpdatedOperationIds: [...execution.unseen],
    InitialExecutionState: {
      Operations: operations.slice(0, maxInitialOperations),
      ...(operations.length > maxInitialOperations && { NextMarker: String(maxInitialOperations - 1) }),
    },
  };
};

import { LambdaClient } from '@aws-sdk/client-lambda';

/** The endpoint may be a local one: the SDK reads `AWS_ENDPOINT_URL_LAMBDA` itself. */
export const createLambda = (): LambdaClient =>
  new LambdaClient({
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
  });

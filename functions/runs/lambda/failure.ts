import { LambdaServiceException } from '@aws-sdk/client-lambda';
import { errorNameOf } from '../../platform/unknown-values.ts';

export type LambdaFailure =
  /** The next call would fail too: a right, the function or its alias is missing. */
  | { readonly kind: 'denied'; readonly detail: string }
  /** Lambda accepts no more calls at this moment. */
  | { readonly kind: 'throttled'; readonly detail: string }
  /** A later call may succeed. */
  | { readonly kind: 'unavailable'; readonly detail: string };

const kinds: Readonly<Record<string, LambdaFailure['kind']>> = {
  // https://docs.aws.amazon.com/lambda/latest/api/CommonErrors.html
  AccessDeniedException: 'denied',
  ExpiredTokenException: 'denied',
  CredentialsProviderError: 'denied',
  KMSAccessDeniedException: 'denied',
  ResourceNotFoundException: 'denied',
  ValidationException: 'denied',
  InvalidParameterValueException: 'denied',
  InvalidRequestContentException: 'denied',
  RequestTooLargeException: 'denied',
  TooManyRequestsException: 'throttled',
  ThrottlingException: 'throttled',
  ServiceQuotaExceededException: 'throttled',
};

/** Whether Lambda answered with a 4xx, which means that it did nothing. */
export const isRefusal = (error: unknown): boolean => {
  if (!(error instanceof LambdaServiceException)) return false;
  const { httpStatusCode = 0 } = error.$metadata;
  return httpStatusCode >= 400 && httpStatusCode < 500;
};

const hintOf = (name: string, right: string): string => {
  if (name === 'AccessDeniedException') return `: allow ${right}`;
  return name === 'ResourceNotFoundException' ? ': there is no such function or alias' : '';
};

/** @param right what a role needs for the call, e.g. `lambda:InvokeFunction` */
export const lambdaFailureOf = (error: unknown, right: string): LambdaFailure => {
  const name = errorNameOf(error);
  return { kind: kinds[name] ?? 'unavailable', detail: `Lambda: ${name}${hintOf(name, right)}` };
};

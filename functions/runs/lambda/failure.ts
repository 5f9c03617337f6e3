import { errorNameOf } from '../../platform/unknown-values.ts';

/** Why Lambda did not do what it was asked. */
export type LambdaFailure =
  /** It will say the same next time: a right, the function or its alias is missing. */
  | { readonly kind: 'denied'; readonly detail: string }
  /** It takes no more calls at this moment. */
  | { readonly kind: 'throttled'; readonly detail: string }
  /** It may answer later. */
  | { readonly kind: 'unavailable'; readonly detail: string };

const kinds: Readonly<Record<string, LambdaFailure['kind']>> = {
  // https://docs.aws.amazon.com/lambda/latest/api/CommonErrors.html
  AccessDeniedException: 'denied',
  ExpiredTokenException: 'denied',
  UnrecognizedClientException: 'denied',
  InvalidSignatureException: 'denied',
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

const hintOf = (name: string, right: string): string => {
  if (name === 'AccessDeniedException') return `: allow ${right}`;
  return name === 'ResourceNotFoundException' ? ': there is no such function or alias' : '';
};

/** @param right what a role needs for the call, e.g. `lambda:InvokeFunction` */
export const lambdaFailureOf = (error: unknown, right: string): LambdaFailure => {
  const name = errorNameOf(error);
  return { kind: kinds[name] ?? 'unavailable', detail: `Lambda: ${name}${hintOf(name, right)}` };
};

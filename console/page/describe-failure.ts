import { type Failure, type NotReached, noAnswerAdvice, type Problem, retryAdvice } from '../../client/result.ts';
import { desk } from './sign-in/desk.ts';

export type Words = {
  readonly title: string;
  /** What happened and what to do. */
  readonly detail: string;
};

const gatewayAdvice: Readonly<Record<number, string>> = {
  401: desk
    ? 'The deployment does not accept your sign-in. Tell its administrator: issuer and audience must be those of your token.'
    : 'The API does not know the caller. Check the credentials that the console was started with.',
  403: 'The caller may not do this. Check the IAM policy of the credentials that the console was started with.',
  404: 'This deployment does not have this route. It may be older than the console.',
  429: 'Too many requests. Wait a few seconds and try again.',
};

const adviceFor = (problem: Problem): string => {
  const { status } = problem;
  if (status === 503 || status === 504) return `The service did not answer in time. ${retryAdvice(problem)}`;
  return status >= 500 ? retryAdvice(problem) : (gatewayAdvice[status] ?? `HTTP status ${status}. Try again.`);
};

const notUnderstood = 'The answer was not understood';
const checkCommand = desk ? 'Check your network' : 'Check that the command that serves this page is still running';

const detailOf = ({ mayTakeEffect }: NotReached): string =>
  mayTakeEffect
    ? `No answer arrived. ${noAnswerAdvice} ${checkCommand}.`
    : `No answer arrived. ${checkCommand}, then try again.`;

/** A failure in words for the person at the page. */
export const describeFailure = (failure: Failure): Words => {
  switch (failure.kind) {
    case 'problem':
      return { title: failure.title ?? notUnderstood, detail: failure.detail ?? adviceFor(failure) };
    case 'not-reached':
      if (desk && failure.why === 'not-sent')
        return { title: 'You are not signed in', detail: 'Nothing was sent. Sign in again.' };
      return { title: 'The service cannot be reached', detail: detailOf(failure) };
    case 'not-understood':
      return failure.why === 'form'
        ? {
            title: notUnderstood,
            detail:
              'The service answered in a form that this console does not know. Use a console of the same version.',
          }
        : {
            title: 'The list has no end',
            detail: 'The service repeats a page of the list, or its list does not end. Check any proxy in front of it.',
          };
  }
};

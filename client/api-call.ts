/** How long a client waits for an answer, in milliseconds. API Gateway answers within 30 s, whatever happens behind it. */
export const apiTimeoutMs = 35_000;

/** What to do when no answer arrives in time. */
export const noAnswerAdvice = 'The call may still take effect. Check the state before you repeat it.';

type UnsignedRequest = {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
};

/** Returns the headers to send: those of the request and what proves who is calling. */
export type Sign = (request: UnsignedRequest) => Promise<Readonly<Record<string, string>>>;

import * as v from 'valibot';

const messageSchema = v.variant('kind', [
  // Its code is worth nothing without the verifier, which only the window that began the sign-in has.
  v.object({ kind: v.literal('answer'), answer: v.string() }),
  v.object({ kind: v.literal('taken'), answer: v.string() }),
  v.object({ kind: v.literal('signed-out') }),
]);

type Message = v.InferOutput<typeof messageSchema>;

/** How long another window has to say that it takes an answer, in milliseconds. */
const offerMs = 3_000;

type Listeners = {
  /** @returns whether the answer of the issuer belongs to a sign-in of this window */
  readonly onAnswer: (answer: URLSearchParams) => boolean;
  readonly onSignOut: () => void;
};

/**
 * The windows of this page in this browser. No token passes between them. They have a channel of this origin: the window of
 * the issuer may have lost its opener, by the policy of either page.
 */
export const createWindows = () => {
  const channel = new BroadcastChannel('green-api-logout-sign-in');
  const send = (message: Message) => channel.postMessage(message);
  const follow = (listener: (message: Message) => void) =>
    channel.addEventListener('message', ({ data }) => {
      const parsed = v.safeParse(messageSchema, data);
      if (parsed.success) listener(parsed.output);
    });
  return {
    listen: ({ onAnswer, onSignOut }: Listeners) =>
      follow((message) => {
        if (message.kind === 'signed-out') onSignOut();
        if (message.kind === 'answer' && onAnswer(new URLSearchParams(message.answer)))
          send({ kind: 'taken', answer: message.answer });
      }),
    /** Gives an answer of the issuer to the window that waits for it. @returns whether there is one */
    offer: (parameters: URLSearchParams): Promise<boolean> => {
      const answer = String(parameters);
      const { promise, resolve } = Promise.withResolvers<boolean>();
      follow((message) => {
        if (message.kind === 'taken' && message.answer === answer) resolve(true);
      });
      setTimeout(() => resolve(false), offerMs);
      send({ kind: 'answer', answer });
      return promise;
    },
    signOut: () => send({ kind: 'signed-out' }),
  };
};

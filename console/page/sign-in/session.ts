import * as v from 'valibot';
import { createStore } from '../store.ts';
import { type Desk, desk } from './desk.ts';
import { type Access, begin, endSessionUrl, finish, type Pending } from './protocol.ts';
import { createWindows } from './windows.ts';

export type Status =
  | { readonly kind: 'leaving' }
  | { readonly kind: 'signed-in'; readonly subject: string; readonly times: number }
  /** The views stay as they are, and what was typed in them. `problem`: why the last attempt failed. */
  | { readonly kind: 'expired'; readonly subject: string; readonly times: number; readonly problem?: string }
  | { readonly kind: 'signed-out' }
  | { readonly kind: 'failed'; readonly problem: string }
  /** This window was opened by another one of this page, which has the answer now. */
  | { readonly kind: 'answered' };

/** Kept for the way to the issuer and back, and removed on the way back. */
const pendingKey = 'green-api-logout-sign-in';
/** Without it, the page would leave for the issuer again right after the sign-out. */
const signedOutKey = 'green-api-logout-signed-out';

const text = v.string();
const pendingSchema = v.object({ url: text, state: text, nonce: text, verifier: text, hash: text });

/** Before a token ends, in milliseconds: a call takes as long. */
const marginMs = 30_000;
/** A token that is refused so soon would be refused again. In milliseconds. */
const freshMs = 60_000;

const takePending = () => {
  const kept = sessionStorage.getItem(pendingKey);
  sessionStorage.removeItem(pendingKey);
  const parsed = v.safeParse(v.pipe(text, v.parseJson(), pendingSchema), kept);
  return parsed.success ? parsed.output : undefined;
};

/** The parameters of an answer of the issuer in the address, which has none afterwards. */
const takeAnswer = (): URLSearchParams | undefined => {
  const parameters = new URLSearchParams(location.search);
  if (location.search !== '') history.replaceState(null, '', `${location.pathname}${location.hash}`);
  return parameters.has('code') || parameters.has('error') ? parameters : undefined;
};

/** The name and the text of the protocol's own errors, which hold no token. */
const problemOf = (error: unknown): string => {
  const { error: code, error_description: description, message } = Object(error);
  const texts = typeof code === 'string' ? [code, description] : [message];
  return texts.filter((text) => typeof text === 'string').join(': ') || 'no reason was given';
};

const strangeAnswer = 'The answer belongs to no sign-in that began in this window.';
const otherPerson = 'Somebody else signed in. Sign out first, so that nothing is done in the name of another.';

const createSession = (desk: Desk) => {
  const windows = createWindows();
  const status = createStore<Status>({ kind: 'leaving' });
  let access: Access | undefined;
  let prepared: Pending | undefined;
  let renewed: PromiseWithResolvers<boolean> | undefined;
  let times = 0;

  const settleRenewal = (isRenewed: boolean): void => {
    renewed?.resolve(isRenewed);
    renewed = undefined;
  };

  const enter = (next: Access): void => {
    access = next;
    times += 1;
    status.set({ kind: 'signed-in', subject: next.subject, times });
    settleRenewal(true);
  };

  const fail = (problem: string): void => status.set({ kind: 'failed', problem });

  /** Exchanges an answer. What comes of it counts no longer if somebody has signed out meanwhile. */
  const exchange = async (
    pending: Pending,
    answer: URLSearchParams,
    onAccess: (next: Access) => void,
    onProblem: (problem: string) => void,
  ): Promise<void> => {
    const settle = await finish(desk, pending, answer).then(
      (next) => () => onAccess(next),
      (error: unknown) => () => onProblem(problemOf(error)),
    );
    if (status.get().kind !== 'signed-out') settle();
  };

  const signIn = async (): Promise<void> => {
    sessionStorage.removeItem(signedOutKey);
    status.set({ kind: 'leaving' });
    const pending = await begin(desk);
    sessionStorage.setItem(pendingKey, JSON.stringify({ ...pending, hash: location.hash }));
    location.replace(pending.url);
  };

  const prepare = (): void => {
    prepared = undefined;
    void begin(desk).then((pending) => {
      prepared = pending;
    });
  };

  const forget = (): void => {
    access = undefined;
    prepared = undefined;
    sessionStorage.setItem(signedOutKey, 'true');
    status.set({ kind: 'signed-out' });
    settleRenewal(false);
  };

  const renew = (): Promise<boolean> => {
    const present = status.get();
    if (present.kind !== 'signed-in' && present.kind !== 'expired') return Promise.resolve(false);
    if (renewed === undefined) {
      renewed = Promise.withResolvers();
      status.set({ kind: 'expired', subject: present.subject, times: present.times });
      prepare();
    }
    return renewed.promise;
  };

  windows.listen({
    onAnswer: (parameters) => {
      const pending = prepared;
      const present = status.get();
      if (present.kind !== 'expired' || pending === undefined || pending.state !== parameters.get('state'))
        return false;
      prepare();
      void exchange(
        pending,
        parameters,
        (next) => (next.subject === present.subject ? enter(next) : status.set({ ...present, problem: otherPerson })),
        (problem) => status.set({ ...present, problem }),
      );
      return true;
    },
    onSignOut: forget,
  });

  return {
    status,
    signIn,
    /** What to do after a 401: whether there is another token to try with. */
    renew: async () => (access !== undefined && Date.now() - access.issuedAt < freshMs ? false : renew()),
    /** Opens the issuer in a window of its own. Only after a press: a browser blocks it otherwise. */
    signInAgain: () => {
      if (prepared !== undefined) open(prepared.url, 'green-api-logout-sign-in', 'popup,width=520,height=680');
    },
    /** A token that is good for half a minute at least. It waits until somebody has signed in again. @throws after a sign-out */
    token: async (): Promise<string> => {
      if (access !== undefined && Date.now() < access.expiresAt - marginMs) return access.token;
      if ((await renew()) && access !== undefined) return access.token;
      throw new Error('signed out');
    },
    signOut: () => {
      forget();
      windows.signOut();
      const url = endSessionUrl(desk);
      if (url !== undefined) location.assign(url);
    },
    /** Takes the answer of the issuer out of the address, or leaves for the issuer. */
    start: async (): Promise<void> => {
      const answer = takeAnswer();
      if (answer === undefined) {
        if (sessionStorage.getItem(signedOutKey) !== null) return status.set({ kind: 'signed-out' });
        return signIn();
      }
      const pending = takePending();
      if (pending === undefined || pending.state !== answer.get('state')) {
        if (!(await windows.offer(answer))) return fail(strangeAnswer);
        status.set({ kind: 'answered' });
        return close();
      }
      // Only ever a fragment of this page's own address.
      history.replaceState(null, '', `${location.pathname}${pending.hash.startsWith('#/') ? pending.hash : ''}`);
      await exchange(pending, answer, enter, fail);
    },
  };
};

export type Session = ReturnType<typeof createSession>;

/** The sign-in of this page; missing on the page of this machine. */
export const session = desk && createSession(desk);

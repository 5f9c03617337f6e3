import { createClient, type HttpRequest, type HttpResponse } from '../client.ts';
import { type Part, transientOutcomes, unknown } from './cast.ts';
import type { Findings } from './findings.ts';
import { createGreenApiControl } from './green-api-control.ts';

export type Urls = { readonly service: string; readonly startToken: string; readonly greenApi: string };

const logoutOf = (idInstance: string, wait: number): HttpRequest => ({
  method: 'POST',
  path: `/instances/${idInstance}/logout`,
  headers: { prefer: `wait=${wait}`, 'content-type': 'application/json' },
  body: '{"reason":"load"}',
});

/** The kind of outcome that a response reports. */
const outcomeOf = ({ status, body }: HttpResponse): string => {
  if (status === 200) return body.alreadyLoggedOut ? 'already-logged-out' : 'logged-out';
  return String(body.code);
};

type Client = ReturnType<typeof createClient>;
type Control = ReturnType<typeof createGreenApiControl>;

const createChecks = ({ send }: Client, { stateOf }: Control, findings: Findings) => {
  const expect = (isRight: boolean, problem: string) => {
    if (!isRight) findings.wrong.push(problem);
  };
  return {
    logOut: async (id: string, wait: number, allowed: readonly string[]) => {
      const answer = await send(logoutOf(id, wait));
      const outcome = outcomeOf(answer);
      const { idInstance, confirmed } = answer.body;
      findings.logouts.push({ idInstance: id, outcome, tookMs: answer.tookMs });
      expect(allowed.includes(outcome), `${id} reported ${outcome}, not ${allowed.join(' or ')}`);
      expect(idInstance === id, `the response to a logout of ${id} names ${idInstance}`);
      const isTrue = confirmed !== true || (await stateOf(id)) === 'notAuthorized';
      expect(isTrue, `the logout of ${id} is reported as confirmed, but the instance is not logged out`);
    },
    request: async (request: HttpRequest, allowed: readonly string[]) => {
      const answer = await send(request);
      const seen = [answer.status, answer.body.code].filter(Boolean).join(' ');
      findings.others += 1;
      expect(allowed.includes(seen), `${request.path} answered ${seen}, not ${allowed.join(' or ')}`);
      expect(!/[0-9]{50}/.test(answer.text), `${request.path} returned a token`);
    },
  };
};

/** The requests that one client repeats. */
const turnsOf = (part: Part, { authorize }: Control, { logOut, request }: ReturnType<typeof createChecks>) => [
  ...part.own.map((id) => async () => {
    await authorize(id);
    await logOut(id, 5, transientOutcomes);
  }),
  async () => {
    await authorize(part.broken);
    await logOut(part.broken, 1, part.allowedOutcomes);
  },
  () => logOut(part.shared, 3, transientOutcomes),
  () => logOut(unknown, 1, ['unknown-instance']),
  () => request({ ...logoutOf(part.shared, 1), body: '{"reason":1}' }, ['400 invalid-request']),
  // AWS allows 100 lists a second: what comes above that is told to try again.
  () => request({ method: 'GET', path: '/instances?group=load' }, ['200', '503 unavailable']),
];

/** Sends the requests of one client, one after another, until the time `until`. */
export const driveClient = async (urls: Urls, part: Part, first: number, until: number, findings: Findings) => {
  const client = createClient(urls.service, urls.startToken);
  using control = createGreenApiControl(urls.greenApi);
  const turns = turnsOf(part, control, createChecks(client, control, findings));
  // Each client starts with another request, so that they do not all send the same one at the same time.
  for (let turn = first; performance.now() < until; turn += 1) {
    await turns[turn % turns.length]?.().catch((error: unknown) => findings.lost.push(String(error)));
  }
  client.close();
};

import { type Answered, createClient, type RequestedRunFields } from '../client.ts';
import { inPassing, type Part, unknown } from './cast.ts';
import type { Findings } from './findings.ts';
import { createGreenApiControl } from './green-api-control.ts';

export type Urls = { readonly service: string; readonly greenApi: string };

const logoutOf = (idInstance: string, wait: number): RequestedRunFields => ({
  method: 'POST',
  path: `/instances/${idInstance}/logout`,
  headers: { prefer: `wait=${wait}`, 'content-type': 'application/json' },
  body: '{"reason":"load"}',
});

/** The kind of outcome that an answer stands for. */
const toldBy = ({ status, body }: Answered): string => {
  if (status === 200) return body.alreadyLoggedOut ? 'already-logged-out' : 'logged-out';
  return String(body.code);
};

type Client = ReturnType<typeof createClient>;
type Control = ReturnType<typeof createGreenApiControl>;

const createAsking = ({ ask }: Client, { stateOf }: Control, findings: Findings) => {
  const expect = (holds: boolean, otherwise: string) => {
    if (!holds) findings.wrong.push(otherwise);
  };
  return {
    logOut: async (id: string, wait: number, allowed: readonly string[]) => {
      const answer = await ask(logoutOf(id, wait));
      const told = toldBy(answer);
      const { idInstance, confirmed } = answer.body;
      findings.logouts.push({ idInstance: id, told, tookMs: answer.tookMs });
      expect(allowed.includes(told), `${id} told ${told}, not ${allowed.join(' or ')}`);
      expect(idInstance === id, `${id} was answered for ${idInstance}`);
      const isTrue = confirmed !== true || (await stateOf(id)) === 'notAuthorized';
      expect(isTrue, `${id} is said to be confirmed, and is not`);
    },
    request: async (asked: RequestedRunFields, status: number) => {
      const answer = await ask(asked);
      findings.others += 1;
      expect(answer.status === status, `${asked.path} answered ${answer.status}, not ${status}`);
      expect(!/[0-9]{50}/.test(answer.text), `${asked.path} told a token`);
    },
  };
};

/** What one client does, time and again. */
const turnsOf = (part: Part, { authorize }: Control, { logOut, request }: ReturnType<typeof createAsking>) => [
  ...part.own.map((id) => async () => {
    await authorize(id);
    await logOut(id, 5, inPassing);
  }),
  async () => {
    await authorize(part.broken);
    await logOut(part.broken, 1, part.told);
  },
  () => logOut(part.shared, 3, inPassing),
  () => logOut(unknown, 1, ['unknown-instance']),
  () => request({ ...logoutOf(part.shared, 1), body: '{"reason":1}' }, 400),
  () => request({ method: 'GET', path: '/instances?group=load' }, 200),
];

/** One client, which asks one thing after the other until then. */
export const driveClient = async (urls: Urls, part: Part, first: number, until: number, findings: Findings) => {
  const client = createClient(urls.service);
  using control = createGreenApiControl(urls.greenApi);
  const turns = turnsOf(part, control, createAsking(client, control, findings));
  // Each client begins elsewhere, so that they do not go round in step.
  for (let turn = first; performance.now() < until; turn += 1) {
    await turns[turn % turns.length]?.().catch((error: unknown) => findings.lost.push(String(error)));
  }
  client.close();
};

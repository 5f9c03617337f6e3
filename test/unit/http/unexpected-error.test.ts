import { composeDesk } from '../../../functions/desk.ts';
import { composeForcedLogouts } from '../../../functions/forced-logouts.ts';
import { problemDetails } from '../../../functions/http/response.ts';
import { composeProviderHandler } from '../../../functions/identity-providers/handler-dependencies.ts';
import { composeInstances } from '../../../functions/instances.ts';
import { composeLogout } from '../../../functions/logout.ts';
import type { Variables } from '../../../functions/platform/environment.ts';
import type { Write } from '../../../functions/platform/log.ts';
import { composeState, createStateHandler } from '../../../functions/state.ts';
import { contextOf, httpEventOf } from '../../support/http-event.ts';

/** What is logged of an error that nobody expected. */
const loggedOf = async (error: unknown) => {
  const logged: object[] = [];
  const handler = createStateHandler({
    readState: () => Promise.reject(error),
    now: () => new Date(),
    log: (_level, _message, fields) => void logged.push(fields),
  });
  await handler(httpEventOf({ pathParameters: { idInstance: '1101000001' } }), contextOf());
  return logged;
};

test('the place of an unexpected error is logged, and not its message, which may quote a secret', async () => {
  const [logged] = await loggedOf(new TypeError('https://host/d75b3a66\nd75b3a66'));

  expect(logged).toMatchObject({ name: 'TypeError', stack: expect.arrayContaining([expect.stringMatching(/^ +at /)]) });
  expect(JSON.stringify(logged)).not.toContain('d75b3a66');
});

test('no place is logged if the message cannot be told from it', async () => {
  const stack = 'TypeError: https://host/d75b3a66\nd75b3a66\n    at somewhere';
  const error = Object.assign(new TypeError('changed'), { stack });

  expect(await loggedOf(error)).toEqual([{ name: 'TypeError', stack: [] }]);
});

const compositions = {
  logout: composeLogout,
  instances: composeInstances,
  state: composeState,
  'forced-logouts': composeForcedLogouts,
  desk: (variables: Variables, write: Write) => composeDesk(variables, write, __dirname),
  'scim and webhook': composeProviderHandler,
};

test.each(Object.entries(compositions))('%s, as deployed, writes an unexpected error as a line', (_, compose) => {
  const lines: string[] = [];
  const { log } = compose({}, (line) => void lines.push(line));
  const error = Object.assign(new TypeError('unexpected'), { stack: 'TypeError: unexpected\n    at somewhere' });

  problemDetails(log).onError?.({ error } as never);

  expect(lines.map((line) => JSON.parse(line))).toEqual([
    {
      timestamp: expect.any(String),
      level: 'ERROR',
      message: 'unexpected error',
      name: 'TypeError',
      stack: ['    at somewhere'],
    },
  ]);
});

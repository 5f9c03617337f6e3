import { createStateHandler } from '../../../functions/state.ts';
import { contextOf, httpEventOf } from '../../support/http-event.ts';

/** What is logged of an error that nobody expected. */
const loggedOf = async (error: unknown) => {
  const logged: object[] = [];
  const handler = createStateHandler({
    readState: () => Promise.reject(error),
    now: () => new Date(),
    logUnexpected: (fields) => void logged.push(fields),
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

import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Option } from 'commander';
import { parseJson } from '../../functions/platform/unknown-values.ts';
import { createApi } from '../api/api.ts';
import { isLoopback, parseApiAddress } from '../api/api-address.ts';
import { defineCommand } from '../command.ts';
import { CommandFailed, exitCodes, UsageError } from '../errors.ts';
import type { Session } from '../session.ts';

type Options = { readonly now?: boolean };

type Json = { readonly [field: string]: unknown };

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const readEvent = async (file: string): Promise<Json> => {
  const event = parseJson(await readFile(file, 'utf8').catch(() => ''));
  if (!isObject(event)) throw new UsageError(`${file} cannot be read as a JSON object.`);
  return event;
};

/** Sets the fields by which the dialects tell when something happened, and which happening it was. */
const happenedNow = (event: Json): Json => {
  const now = new Date().toISOString();
  const detail = isObject(event.detail) ? event.detail : {};
  const fresh = { published: now, eventTime: now, uuid: randomUUID(), eventID: randomUUID(), id: randomUUID() };
  const known = Object.entries(fresh).filter(([field]) => field in detail);
  return { ...event, id: randomUUID(), time: now, detail: { ...detail, ...Object.fromEntries(known) } };
};

/** Events reach a deployment through its bus; only the local service takes them over HTTP. */
const localApi = ({ options, terminal }: Session) => {
  const url = parseApiAddress(options.url ?? `http://127.0.0.1:${terminal.env.PORT || '3000'}`);
  if (!isLoopback(url))
    throw new UsageError(
      'send-event works with the local service. On AWS use aws events put-events with the event bus.',
    );
  return createApi(url, async ({ headers }) => headers);
};

export const sendEventCommand = defineCommand<Options>({
  usage: 'send-event <file>',
  summary: 'Send an EventBridge event to the local service, which applies its rules to it.',
  details: `The file holds a whole event as JSON, for example test/support/events/okta-user-deactivate.json.
Without --url it goes to 127.0.0.1 and the port in PORT (default 3000).`,
  options: [new Option('--now', 'set its time and id as if it happened now: an event over a day old logs nobody out')],
  examples: ['send-event test/support/events/okta-user-deactivate.json --now'],
  run: async (session, { now }, [file = '']) => {
    const event = await readEvent(file);
    const { ok, body } = await localApi(session).send('POST', '/events', { body: now ? happenedNow(event) : event });
    if (!ok) throw new CommandFailed(`The event was not delivered: ${JSON.stringify(body)}`);
    session.printJson(body);
    return exitCodes.done;
  },
});

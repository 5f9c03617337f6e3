import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Option } from 'commander';
import * as v from 'valibot';
import { dialectNames, refreshEvent } from '../../functions/offboarding/dialects.ts';
import { samples } from '../../functions/offboarding/samples.ts';
import { parseJson } from '../../functions/platform/unknown-values.ts';
import { type Api, createApi, isLoopback, parseApiAddress, signWithToken, valueIn } from '../api/api.ts';
import { defineCommand } from '../command.ts';
import { CommandFailed, UsageError } from '../errors.ts';
import { printableJson } from '../output/printable.ts';
import type { Session } from '../session.ts';

type Json = { readonly [field: string]: unknown };

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** @param name of a sample, or else of a file */
const readEvent = async (name: string): Promise<Json> => {
  const [sample] = dialectNames.filter((each) => each === name);
  if (sample !== undefined) return samples[sample];
  const event = parseJson(await readFile(name, 'utf8').catch(() => ''));
  if (!isObject(event)) throw new UsageError(`${name} cannot be read as a JSON object.`);
  return event;
};

/** Events reach a deployment through its bus; only the local service takes them over HTTP. */
const localApi = ({ options, terminal }: Session): Api => {
  const url = parseApiAddress(options.url ?? `http://127.0.0.1:${terminal.env.PORT || '3000'}`);
  if (!isLoopback(url))
    throw new UsageError(
      'send-event works with the local service. On AWS use aws events put-events with the event bus.',
    );
  return createApi(url, signWithToken(options.token));
};

export const sendEventCommand = defineCommand<{ readonly now?: boolean }>({
  usage: 'send-event <event>',
  summary: 'Send an EventBridge event to the local service, which applies its rules to it.',
  details: `<event> is a file with a whole event as JSON, or the name of a sample: ${dialectNames.join(', ')}.
Without --url it goes to 127.0.0.1 and the port in PORT (default 3000).`,
  options: [new Option('--now', 'set its time and id to now: a repeated id starts nothing new')],
  examples: ['send-event custom --now', 'send-event event.json'],
  run: async (session, { now }, [name = '']) => {
    const read = await readEvent(name);
    const event = now ? refreshEvent(read, new Date().toISOString(), randomUUID) : read;
    const result = await localApi(session).call(v.unknown(), { method: 'POST', path: '/events', body: event });
    if (result.kind === 'problem')
      throw new CommandFailed(`The event was not delivered: ${printableJson(result.body)}`);
    session.printJson(valueIn(result));
    return true;
  },
});

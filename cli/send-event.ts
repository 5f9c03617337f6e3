import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { parseJson } from '../local/emulators/parse-json.ts';

/** `npm run event -- FILE [--now]`: hands an event to the local service, which puts it through the rules. */
const usage = `usage: npm run event -- FILE [--now]

  FILE   a whole EventBridge event as JSON, for example test/events/okta-user-deactivate.json
  --now  as if it happened now, for the first time: an old event expires and logs nobody out
  PORT   where the local service listens (default 3000)`;

type Json = { readonly [field: string]: unknown };

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The fields by which the dialects tell when something happened, and which happening it was. */
const happenedNow = (event: Json): Json => {
  const now = new Date().toISOString();
  const detail = isObject(event.detail) ? event.detail : {};
  const fresh = { published: now, eventTime: now, uuid: randomUUID(), eventID: randomUUID(), id: randomUUID() };
  const known = Object.entries(fresh).filter(([field]) => field in detail);
  return { ...event, id: randomUUID(), time: now, detail: { ...detail, ...Object.fromEntries(known) } };
};

const post = async (event: Json): Promise<{ readonly ok: boolean; readonly text: string }> => {
  const url = `http://127.0.0.1:${process.env.PORT || '3000'}/events`;
  try {
    const response = await fetch(url, { method: 'POST', body: JSON.stringify(event) });
    return { ok: response.ok, text: await response.text() };
  } catch {
    return {
      ok: false,
      text: `nothing answers on ${url}: start the service with npm start, or set PORT to where it listens`,
    };
  }
};

const main = async (): Promise<{ readonly ok: boolean; readonly text: string }> => {
  const { values, positionals } = parseArgs({ options: { now: { type: 'boolean' } }, allowPositionals: true });
  const [file] = positionals;
  if (file === undefined || positionals.length > 1) return { ok: false, text: usage };

  const event = parseJson(await readFile(file, 'utf8').catch(() => ''));
  if (!isObject(event)) return { ok: false, text: `${file} cannot be read as a JSON object` };
  return post(values.now ? happenedNow(event) : event);
};

const { ok, text } = await main().catch((error: Error) => ({ ok: false, text: `${error.message}\n${usage}` }));
(ok ? console.log : console.error)(text);
process.exitCode = ok ? 0 : 1;

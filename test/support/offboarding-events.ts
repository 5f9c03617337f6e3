import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export type SampleEvent = Readonly<Record<string, unknown>>;

const sample = (name: string): SampleEvent =>
  JSON.parse(readFileSync(join(__dirname, 'events', `${name}.json`), 'utf8'));

export const customEvent = sample('custom-employee-offboarded');
export const oktaEvent = sample('okta-user-deactivate');
export const identityCenterEvent = sample('identity-center-disable-user');

const put = (node: unknown, [key = '', ...rest]: readonly string[], value: unknown): SampleEvent => ({
  ...Object(node),
  [key]: rest.length === 0 ? value : put(Reflect.get(Object(node), key), rest, value),
});

/** A copy of an event with other values at some paths, e.g. `detail.outcome.result`; `undefined` takes a field away. */
export const changed = (event: SampleEvent, values: Readonly<Record<string, unknown>>): SampleEvent =>
  JSON.parse(
    JSON.stringify(Object.entries(values).reduce((copy, [path, value]) => put(copy, path.split('.'), value), event)),
  );

import { queueEvent } from '../../emulators/sqs/delay-queue.ts';
import { samples } from '../../functions/offboarding/samples.ts';

export type SampleEvent = Readonly<Record<string, unknown>>;

export const customEvent: SampleEvent = samples.custom;
export const oktaEvent: SampleEvent = samples.okta;
export const identityCenterEvent: SampleEvent = samples.identityCenter;
export const nativeEvent: SampleEvent = samples.identityCenterNative;

const put = (node: unknown, [key = '', ...rest]: readonly string[], value: unknown): SampleEvent => ({
  ...Object(node),
  [key]: rest.length === 0 ? value : put(Reflect.get(Object(node), key), rest, value),
});

/** A copy of an event with other values at some paths, e.g. `detail.outcome.result`; `undefined` takes a field away. */
export const changed = (event: SampleEvent, values: Readonly<Record<string, unknown>>): SampleEvent =>
  JSON.parse(
    JSON.stringify(Object.entries(values).reduce((copy, [path, value]) => put(copy, path.split('.'), value), event)),
  );

/** A call by which an identity provider changes a user of IAM Identity Center over SCIM, in the structure that AWS documents. */
export const scimEvent = (eventName: string, parameters: Readonly<Record<string, unknown>> = {}): SampleEvent =>
  changed(identityCenterEvent, {
    source: 'aws.identitystore-scim',
    'detail.eventSource': 'identitystore-scim.amazonaws.com',
    'detail.eventName': eventName,
    'detail.requestParameters': {
      tenantId: 'd-93670dc30f',
      id: '6d321996-eab8-4d2e-9f41-0db53b051a5b',
      ...parameters,
    },
  });

/** An event as the queue of the second look delivers it. */
export const fromQueue = (event: unknown) => queueEvent(JSON.stringify(event));

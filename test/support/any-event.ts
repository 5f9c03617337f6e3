import fc from 'fast-check';
import { anyText } from './any-text.ts';
import {
  changed,
  customEvent,
  identityCenterEvent,
  nativeEvent,
  oktaEvent,
  type SampleEvent,
  scimEvent,
} from './offboarding-events.ts';

type Path = readonly string[];

const pathsIn = (node: unknown, path: Path = []): readonly Path[] =>
  typeof node === 'object' && node !== null
    ? Object.entries(node).flatMap(([key, value]) => [[...path, key], ...pathsIn(value, [...path, key])])
    : [];

/** What may stand where something else should: other types, many things, texts with meaning to somebody else. */
const hostile = fc.oneof(
  fc.jsonValue(),
  anyText(),
  fc.constantFrom<unknown>(
    'mary@example.com john.doe@example.com',
    'john.doe@example.com\nmary@example.com',
    '*',
    'unknown',
    '\u0000',
    'x'.repeat(100_000),
    Array(5_000).fill({ type: 'User', id: 'u1' }),
    JSON.parse('{"__proto__":{"owner":"mary@example.com"},"constructor":{"prototype":{}},"toString":1,"length":1e9}'),
    { toJSON: 'x', valueOf: null },
    Number.MAX_VALUE,
    '9999-12-31T23:59:59-23:59',
    '0000-01-01T00:00:00Z',
  ),
);

type Change = { readonly path: Path; readonly replace: (value: unknown) => unknown };

const gone = () => undefined;

/** Most fields of an event decide nothing; these say who left, and are changed as often as all others together. */
const isDecisive = (path: Path): boolean =>
  /^(?:owner|email|target|id|alternateId|type|userId|resources)$/.test(path.at(-1) ?? '');

const changeOf = (event: SampleEvent): fc.Arbitrary<Change> =>
  fc.record({
    path: fc.oneof(fc.constantFrom(...pathsIn(event)), fc.constantFrom(...pathsIn(event).filter(isDecisive))),
    replace: fc.oneof(
      fc.constant(gone),
      hostile.map((value) => () => value),
      hostile.map((value) => (old: unknown) => [old, value]),
      fc.constant((old: unknown) => ({ ...Object(old), ...JSON.parse('{"__proto__":{"polluted":true}}') })),
    ),
  });

const apply = (node: unknown, { path: [key, ...rest], replace }: Change): unknown => {
  if (key === undefined) return replace(node);
  if (typeof node !== 'object' || node === null || !Object.hasOwn(node, key)) return node;
  const value = apply(Reflect.get(node, key), { path: rest, replace });
  return Array.isArray(node) ? node.with(Number(key), value) : { ...node, [key]: value };
};

const variationOf = (event: SampleEvent): fc.Arbitrary<unknown> =>
  fc
    .array(changeOf(event), { maxLength: 4 })
    .map((changes) => JSON.parse(JSON.stringify(changes.reduce(apply, event)) ?? 'null'));

/** Events as they might come: the samples, some with a few fields gone, changed or of another type, and anything at all. */
export const anyVariation: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: variationOf(customEvent) },
  {
    weight: 4,
    arbitrary: variationOf(changed(customEvent, { 'detail.email': undefined, 'detail.owner': '00u3m90rxKjG' })),
  },
  { weight: 4, arbitrary: variationOf(oktaEvent) },
  { weight: 4, arbitrary: variationOf(identityCenterEvent) },
  { weight: 2, arbitrary: variationOf(scimEvent('PatchUser')) },
  { weight: 2, arbitrary: variationOf(nativeEvent) },
  { weight: 1, arbitrary: hostile },
);

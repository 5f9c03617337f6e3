import * as v from 'valibot';
import { runCommand } from '../../cli/commands/run.ts';
import { draftOf, requestOf } from '../../console/page/runs/run-draft.ts';
import { type FormField, formFields, formRows } from '../../console/page/runs/run-form.ts';
import { instanceIdSchema } from '../../functions/green-api/instance-id.ts';
import { detailEntries } from '../../functions/offboarding/custom.ts';
import { fieldsOf, leftOut, runFields, runRequestSchema, targetSchemas } from '../../functions/runs/request.ts';
import { evidenceOf } from '../../functions/runs/run-evidence.ts';
import { newTargetState } from '../../functions/runs/target-state.ts';
import { scheduleSchema } from '../../infra/configuration/schedules/schedule-schema.ts';
import { documentedFields, readPage } from '../support/markdown.ts';
import { lintOpenApi, operationOf, type Schema } from '../support/openapi-document.ts';
import { requestOf as runRequest } from '../support/run-setup.ts';

const { document } = lintOpenApi();
const idInstance = v.parse(instanceIdSchema, '1101000001');

const propertiesOf = (schema: unknown): Readonly<Record<string, Schema>> =>
  (schema as { readonly properties?: Readonly<Record<string, Schema>> } | undefined)?.properties ?? {};

const { oneOf: [bodySchema] = [] } = (operationOf(document, 'POST /forced-logouts').requestBody?.content[
  'application/json'
].schema ?? {}) as { readonly oneOf?: readonly unknown[] };
const shownRun = operationOf(document, 'GET /forced-logouts/{id}').responses['200']?.content?.['application/json'];

const without = (names: readonly string[], others: readonly string[]): readonly string[] =>
  names.filter((name) => !others.includes(name));

const allFields = Object.keys(runFields);

const [, , { entries: scheduleFields }] = scheduleSchema.pipe;

/** The options that choose the target, and those that belong to the command itself. */
const otherOptions = [...Object.keys(targetSchemas), 'follow', 'idempotencyKey'];
const options = (runCommand.options ?? []).map((option) => option.attributeName());

test.each<{ readonly place: string; readonly has: readonly string[]; readonly needs: readonly string[] }>([
  {
    place: 'openapi.yaml, POST /forced-logouts',
    has: Object.keys(propertiesOf(bodySchema)),
    needs: Object.keys(fieldsOf('api')),
  },
  {
    place: 'openapi.yaml, `request` of GET /forced-logouts/{id}',
    has: Object.keys(propertiesOf(propertiesOf(shownRun?.schema).request)),
    // The answer has the reason beside the request.
    needs: [...without(allFields, ['reason']), 'only'],
  },
  { place: 'docs/runs.md, "The request"', has: documentedFields('docs/runs.md'), needs: allFields },
  {
    place: 'the schedules of the configuration',
    has: without(Object.keys(scheduleFields), ['name', 'expression', 'timeZone']),
    needs: Object.keys(fieldsOf('schedule')),
  },
  {
    place: 'the options of the command run',
    has: without(options, otherOptions),
    needs: without(Object.keys(fieldsOf('commandLine')), ['target']),
  },
  {
    place: 'the form of the console',
    has: formFields,
    needs: without(Object.keys(fieldsOf('console')), ['target']),
  },
])('each field of a run is in $place', ({ has, needs }) => {
  expect({ missing: without(needs, has), unknown: without(has, needs) }).toEqual({ missing: [], unknown: [] });
});

test.each(Object.keys(targetSchemas))('a target of the kind %s is in every place', (kind) => {
  const { oneOf } = propertiesOf(bodySchema).target as { readonly oneOf: readonly unknown[] };
  const [, documented] = /^\| `target` \|(.*)$/m.exec(readPage('docs/runs.md')) ?? [];

  expect(oneOf.flatMap((target) => Object.keys(propertiesOf(target)))).toContain(kind);
  expect(documented).toContain(`{"${kind}": `);
  expect(options).toContain(kind);
});

test.each([
  ['docs/configuration.md', 'schedule', /the fields of a run but ([^.]*)\./],
  ['docs/console.md', 'console', /fields of the \[request\]\([^)]*\), except ([^.]*)\./],
] as const)('%s names the fields that the %s does not have', (page, surface, pattern) => {
  const [, fields = ''] = pattern.exec(readPage(page)) ?? [];

  expect(fields).toBe(
    Object.keys(leftOut[surface])
      .map((field) => `\`${field}\``)
      .join(' and '),
  );
});

test('the form of the console gives each of its fields, and is filled from an earlier request', () => {
  const filled = {
    tick: true,
    text: 'team closed',
    count: '7',
    ids: '1101000001 1101000002',
    instant: '2099-11-30T17:00',
  };
  const heldBy = (field: FormField) => [field, filled[formRows[field].kind]];
  const draft = { ...draftOf(undefined), name: 'sales', fields: Object.fromEntries(formFields.map(heldBy)) };

  const request = requestOf(draft);

  expect(v.parse(v.strictObject(fieldsOf('console')), request)).toEqual(request);
  expect(Object.keys(request).toSorted()).toEqual(Object.keys(fieldsOf('console')).toSorted());
  expect(draftOf(request)).toEqual(draft);
});

test('an empty form gives the required fields and its defaults', () => {
  const request = requestOf({ ...draftOf(undefined), name: 'sales' });

  expect(request).toEqual({ target: { group: 'sales' }, reason: '', dryRun: true });
});

test('each field of the report of a leaver is in openapi.yaml', () => {
  const report = operationOf(document, 'POST /offboarding').requestBody?.content['application/json'].schema;
  const [, fields] = (report as { readonly oneOf: readonly unknown[] }).oneOf;

  expect(Object.keys(propertiesOf(fields)).toSorted()).toEqual(Object.keys(detailEntries).toSorted());
});

// Each instance of a retry has a record of its own.
const recorded = without(Object.keys(runRequestSchema.entries), [...allFields, 'only']);

test.each(recorded)('what the service records of a run, %s, is in the evidence and in its documentation', (field) => {
  const request = { ...runRequest(), ...Object.fromEntries(recorded.map((name) => [name, name])) };
  const run = { id: 'api-1', request, startedAt: '2026-11-30T17:00:00Z' };

  const { run: part, ...evidence } = evidenceOf({ ...newTargetState(idInstance), kind: 'unconfirmed' }, run);

  const path = field in evidence ? field : `run.${field}`;
  expect({ ...evidence, ...part }).toMatchObject({ [field]: field });
  expect(documentedFields('docs/events-and-evidence.md')).toContain(path);
});

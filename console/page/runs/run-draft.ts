import type { RequestedRun } from '../../../functions/runs/request.ts';
import { type FormField, formFields, formRows } from './run-form.ts';

/** What the page sends to start a run. */
export type RunRequest = RequestedRun<'console'>;

/** What the form holds: a tick, or the text of an input. */
export type Held = boolean | string;

export type RunDraft = {
  readonly targetKind: 'group' | 'owner' | 'all' | 'given';
  readonly name: string;
  readonly fields: Readonly<Record<FormField, Held>>;
};

const kindOf = (target: RunRequest['target']): RunDraft['targetKind'] => {
  if ('group' in target) return 'group';
  if ('owner' in target) return 'owner';
  return 'all' in target ? 'all' : 'given';
};

const nameOf = (target: RunRequest['target']): string => {
  if ('group' in target) return target.group;
  return 'owner' in target ? target.owner : '';
};

const hold = (field: FormField, value: RunRequest[FormField]): Held => {
  const row = formRows[field];
  if (row.kind === 'tick') return value === undefined ? row.initially === true : value === true;
  if (value === undefined) return row.kind === 'count' ? (row.initially ?? '') : '';
  return Array.isArray(value) ? value.join(' ') : String(value);
};

/** What a row gives to the request; `undefined`: the field is left out. */
const read = (field: FormField, held: Held): unknown => {
  const text = String(held).trim();
  switch (formRows[field].kind) {
    case 'tick':
      return held === true ? true : undefined;
    case 'text':
      return text;
    case 'count':
      return text === '' ? undefined : Number(text);
    case 'ids':
      return text === '' ? undefined : text.split(/[\s,]+/);
  }
};

/** A form as it opens: empty and set to a dry run, or filled from an earlier request. */
export const draftOf = (initial: RunRequest | undefined): RunDraft => ({
  targetKind: initial ? kindOf(initial.target) : 'group',
  name: initial ? nameOf(initial.target) : '',
  fields: Object.fromEntries(formFields.map((field) => [field, hold(field, initial?.[field])])) as RunDraft['fields'],
});

const targetOf = ({ targetKind, name }: RunDraft, initial: RunRequest | undefined): RunRequest['target'] => {
  switch (targetKind) {
    case 'group':
      return { group: name.trim() };
    case 'owner':
      return { owner: name.trim() };
    case 'all':
      return { all: true };
    case 'given':
      return initial?.target ?? { instances: [] };
  }
};

/** The request that the form stands for. */
export const requestOf = (draft: RunDraft, initial: RunRequest | undefined): RunRequest => {
  const values = formFields.map((field) => [field, read(field, draft.fields[field])] as const);
  const given = Object.fromEntries(values.filter(([, value]) => value !== undefined));
  return { ...(given as Omit<RunRequest, 'target'>), target: targetOf(draft, initial) };
};

import { idPattern } from '../../../functions/green-api/vocabulary.ts';
import type { RequestedRun } from '../../../functions/runs/request.ts';
import { type FormField, formFields, formRows } from './run-form.ts';

export type RunRequest = RequestedRun<'console'>;

/** Everything that separates ids in tables, mails, code and spreadsheets. */
const separators = /[\s,;|/"'`()[\]{}<>\u00a0\u200b\ufeff\u2018-\u201f]+/u;

/** Reads ids out of a text that was pasted: each once, and what stands among them and is no id. */
export const parseIds = (text: string) => {
  const parts = [...new Set(text.split(separators).filter((part) => part !== ''))];
  return { ids: parts.filter((part) => idPattern.test(part)), wrong: parts.filter((part) => !idPattern.test(part)) };
};

/** What the form holds: a tick, or the text of an input. */
export type Held = boolean | string;

export type RunDraft = {
  readonly targetKind: 'group' | 'owner' | 'instances' | 'all';
  /** The group or the owner. */
  readonly name: string;
  readonly ids: string;
  readonly fields: Readonly<Record<FormField, Held>>;
};

const targetDraftOf = (target: RunRequest['target']): Omit<RunDraft, 'fields'> => {
  if ('group' in target) return { targetKind: 'group', name: target.group, ids: '' };
  if ('owner' in target) return { targetKind: 'owner', name: target.owner, ids: '' };
  if ('all' in target) return { targetKind: 'all', name: '', ids: '' };
  return { targetKind: 'instances', name: '', ids: target.instances.join(' ') };
};

/** An instant as the browser's field takes it: local, without a zone. */
const localOf = (instant: string): string => {
  const date = new Date(instant);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, '2026-11-24T12:00'.length);
};

const hold = (field: FormField, value: RunRequest[FormField]): Held => {
  const row = formRows[field];
  if (row.kind === 'tick') return value === undefined ? row.initially === true : value === true;
  if (value === undefined) return '';
  if (row.kind === 'instant') return localOf(String(value));
  return Array.isArray(value) ? value.join(' ') : String(value);
};

/** What a row gives to the request; `undefined`: the field is left out. */
const read = (field: FormField, held: Held): unknown => {
  const text = String(held).trim();
  const { kind } = formRows[field];
  if (kind === 'tick') return held === true ? true : undefined;
  if (kind === 'text') return text;
  if (text === '') return undefined;
  if (kind === 'count') return Number(text);
  return kind === 'instant' ? new Date(text).toISOString() : parseIds(text).ids;
};

/** A form as it opens: empty and set to a dry run, or filled from an earlier request. */
export const draftOf = (initial: RunRequest | undefined): RunDraft => ({
  ...targetDraftOf(initial?.target ?? { group: '' }),
  fields: Object.fromEntries(formFields.map((field) => [field, hold(field, initial?.[field])])) as RunDraft['fields'],
});

const targetOf = ({ targetKind, name, ids }: RunDraft): RunRequest['target'] => {
  switch (targetKind) {
    case 'group':
      return { group: name };
    case 'owner':
      return { owner: name.trim() };
    case 'all':
      return { all: true };
    case 'instances':
      return { instances: parseIds(ids).ids };
  }
};

export const requestOf = (draft: RunDraft): RunRequest => {
  const values = formFields.map((field) => [field, read(field, draft.fields[field])] as const);
  const given = Object.fromEntries(values.filter(([, value]) => value !== undefined));
  return { ...(given as Omit<RunRequest, 'target'>), target: targetOf(draft) };
};

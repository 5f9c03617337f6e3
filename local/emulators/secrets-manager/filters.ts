import * as v from 'valibot';
import type { Secret } from './secret.ts';

const keys = ['name', 'description', 'tag-key', 'tag-value', 'primary-region', 'owning-service', 'all'] as const;

const filterSchema = v.object({
  Key: v.picklist(keys),
  Values: v.pipe(v.array(v.string()), v.minLength(1), v.maxLength(10)),
});

export const filtersSchema = v.pipe(v.array(filterSchema), v.maxLength(10));

type Filter = v.InferOutput<typeof filterSchema>;

type Test = (secret: Secret, wanted: string) => boolean;

const startsLike = (text: string | undefined, wanted: string) =>
  text?.toLowerCase().startsWith(wanted.toLowerCase()) ?? false;

const holdsEveryWord: Test = ({ name, description = '', tags }, wanted) => {
  const text = [name, description, ...[...tags].flat()].join('\n').toLowerCase();
  return wanted
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
};

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_Filter.html */
const tests: Record<Filter['Key'], Test> = {
  name: ({ name }, wanted) => name.startsWith(wanted),
  description: ({ description }, wanted) => startsLike(description, wanted),
  'tag-key': ({ tags }, wanted) => [...tags.keys()].some((key) => key.startsWith(wanted)),
  'tag-value': ({ tags }, wanted) => [...tags.values()].some((value) => value.startsWith(wanted)),
  // Nothing here is replicated or owned by a service.
  'primary-region': () => false,
  'owning-service': () => false,
  all: holdsEveryWord,
};

/** Every filter must match, by any of its values; `!` before a value negates it. */
export const matches = (secret: Secret, filters: readonly Filter[]): boolean =>
  filters.every(({ Key, Values }) =>
    Values.some((value) => (value.startsWith('!') ? !tests[Key](secret, value.slice(1)) : tests[Key](secret, value))),
  );

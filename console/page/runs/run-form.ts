import type { FieldsOf, RequestedRun } from '../../../functions/runs/request.ts';

/** The fields of a run that have a row in the form. The target has controls of its own. */
export type FormField = Exclude<keyof FieldsOf<'console'>, 'target'>;

type Request = Required<Pick<RequestedRun<'console'>, FormField>>;

type Control<Value> = [Value] extends [boolean]
  ? { readonly kind: 'tick'; readonly initially?: true }
  : [Value] extends [number]
    ? { readonly kind: 'count'; readonly max: number }
    : [Value] extends [string]
      ? { readonly kind: 'text'; readonly required: true } | { readonly kind: 'instant' }
      : { readonly kind: 'ids' };

type Words<Value> = {
  readonly label: string;
  readonly hint: string;
  /** In front of the form; the other rows are among its further options. */
  readonly isMain?: true;
  /** The field among the facts of a run; `undefined` where the page shows it elsewhere, or not at all. */
  readonly fact: ((value: Value) => string) | undefined;
};

/** Each field of the form: its control, its words, and how a run's page shows it. A field without a row does not compile. */
export const formRows: { readonly [Field in FormField]: Control<Request[Field]> & Words<Request[Field]> } = {
  reason: {
    kind: 'text',
    label: 'Reason',
    hint: 'Kept with the evidence.',
    required: true,
    isMain: true,
    fact: undefined,
  },
  dryRun: {
    kind: 'tick',
    label: 'Dry run',
    hint: 'Checks every credential and state, and logs nobody out.',
    initially: true,
    isMain: true,
    fact: undefined,
  },
  at: {
    kind: 'instant',
    label: 'Begin at',
    hint: 'In your time zone. Leave empty to begin now.',
    fact: (at) => `began at ${at} at the earliest`,
  },
  clearQueue: {
    kind: 'tick',
    label: 'Clear queue',
    hint: 'Deletes the messages that wait to be sent.',
    fact: () => 'clears the queue',
  },
  rotateToken: {
    kind: 'tick',
    label: 'Rotate token',
    hint: 'Replaces the API token after the logout. Other systems must read the new one from the secret.',
    fact: () => 'rotates the token',
  },
  watchDays: {
    kind: 'count',
    label: 'Days to watch for re-linking',
    hint: 'From 1 to 30. Leave empty for no watch.',
    max: 30,
    fact: (days) => `watches for ${days} days`,
  },
  except: {
    kind: 'ids',
    label: 'Except',
    hint: 'Ids of instances to leave alone, with any separator.',
    fact: (ids) => `leaves out ${ids.join(', ')}`,
  },
  maxTargets: {
    kind: 'count',
    label: 'Maximum number of instances',
    hint: 'Empty: the number on the button. With more than this, the run fails and logs nobody out.',
    max: 3_000,
    fact: undefined,
  },
};

export const formFields = Object.keys(formRows) as readonly FormField[];

/** The fields of a request in words, as far as they are facts of a run. */
export const factsIn = (request: Partial<Request>): readonly string[] => {
  const words: { readonly [Field in FormField]: Words<Request[Field]> } = formRows;
  const factOf = <Field extends FormField>(field: Field): string | undefined => {
    const value = request[field];
    return value === undefined || value === false ? undefined : words[field].fact?.(value);
  };
  return formFields.flatMap((field) => factOf(field) ?? []);
};

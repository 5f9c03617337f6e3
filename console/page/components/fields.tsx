import { type AllHTMLAttributes, type ComponentChildren, h, type TargetedEvent } from 'preact';
import { useId } from 'preact/hooks';
import { recentReasons } from '../kept.ts';
import { Button } from './button.tsx';

const describedBy = (id: string, hint: string | undefined) =>
  hint === undefined ? {} : { 'aria-describedby': `${id}-hint` };

const Hint = ({ id, hint }: { readonly id: string; readonly hint: string | undefined }) =>
  hint === undefined ? null : (
    <span id={`${id}-hint`} class="hint">
      {hint}
    </span>
  );

type FieldProps = {
  readonly label: string;
  readonly hint?: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly required?: boolean;
};

/** Longest text that the API takes. */
const maxLength = 256;

/** Longest list of ids that a run takes, as text. */
const longestIds = 3_000 * '1101000001 '.length;

const controls = {
  text: { element: 'input', type: 'text', maxLength, autocomplete: 'off' },
  /** A whole number from 1. */
  count: { element: 'input', type: 'number', min: 1 },
  instant: { element: 'input', type: 'datetime-local' },
  /** Ids as they are pasted: one a line, or with any separator. */
  ids: { element: 'textarea', rows: 3, maxLength: longestIds, spellcheck: false },
  select: { element: 'select' },
} as const;

type ControlProps = FieldProps &
  Pick<AllHTMLAttributes<HTMLInputElement>, 'max' | 'pattern' | 'title'> & {
    readonly kind: keyof typeof controls;
    readonly children?: ComponentChildren;
  };

export const Field = ({ kind, label, hint, onInput, children, ...attributes }: ControlProps) => {
  const id = useId();
  const { element, ...fixed } = controls[kind];
  const follow = (event: TargetedEvent<HTMLInputElement>) => onInput(event.currentTarget.value);
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {h(element, { ...fixed, ...attributes, ...describedBy(id, hint), id, onInput: follow }, children)}
      <Hint id={id} hint={hint} />
    </div>
  );
};

type TextFieldProps = FieldProps & {
  /** What must be typed, if only one text will do. */
  readonly expected?: string;
};

const escapeRegExp = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

export const TextField = ({ expected, ...field }: TextFieldProps) => {
  const notBlank = field.required ? { pattern: '.*\\S.*', title: 'Not only spaces' } : {};
  const wanted = expected === undefined ? notBlank : { pattern: escapeRegExp(expected), title: expected };
  return <Field {...field} {...wanted} kind="text" />;
};

type ReasonFieldProps = { readonly value: string; readonly onInput: (reason: string) => void };

export const ReasonField = ({ value, onInput }: ReasonFieldProps) => {
  const reasons = recentReasons();
  return (
    <div>
      <TextField label="Reason" hint="Kept with the evidence." value={value} required onInput={onInput} />
      {reasons.length > 0 && (
        <p class="picks">
          <span class="muted">Used before:</span>{' '}
          {reasons.map((reason) => (
            <Button key={reason} aria-pressed={value === reason} onClick={() => onInput(reason)}>
              {reason}
            </Button>
          ))}
        </p>
      )}
    </div>
  );
};

type SelectProps<Option extends string> = FieldProps & {
  /** The words of a first option whose value is empty. */
  readonly none?: string;
  readonly options: readonly Option[];
  /** @default each option says itself */
  readonly wordsOf?: (option: Option) => string;
};

export const Select = <Option extends string>({ none, options, wordsOf, ...field }: SelectProps<Option>) => (
  <Field {...field} kind="select">
    {none !== undefined && <option value="">{none}</option>}
    {options.map((option) => (
      <option key={option} value={option}>
        {wordsOf ? wordsOf(option) : option}
      </option>
    ))}
  </Field>
);

type CheckboxProps = Pick<FieldProps, 'label' | 'hint' | 'required'> & {
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
};

export const Checkbox = ({ label, hint, checked, onChange, required = false }: CheckboxProps) => {
  const id = useId();
  return (
    <div class="checkbox">
      <input
        id={id}
        type="checkbox"
        checked={checked}
        required={required}
        {...describedBy(id, hint)}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      <label for={id}>{label}</label>
      <Hint id={id} hint={hint} />
    </div>
  );
};

import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

type FieldProps = {
  readonly label: string;
  readonly hint?: string;
};

const describedBy = (id: string, hint: string | undefined) =>
  hint === undefined ? {} : { 'aria-describedby': `${id}-hint` };

const Hint = ({ id, hint }: { readonly id: string; readonly hint: string | undefined }) =>
  hint === undefined ? null : (
    <span id={`${id}-hint`} class="hint">
      {hint}
    </span>
  );

type LabelledProps = FieldProps & {
  readonly control: (attributes: { readonly id: string; readonly 'aria-describedby'?: string }) => ComponentChildren;
};

const Labelled = ({ label, hint, control }: LabelledProps) => {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {control({ id, ...describedBy(id, hint) })}
      <Hint id={id} hint={hint} />
    </div>
  );
};

type InputProps = FieldProps & {
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly required?: boolean;
};

/** Longest text that the API takes. */
const longestText = 256;

type TextFieldProps = InputProps & {
  /** What must be typed, if only one text will do. */
  readonly expected?: string;
};

const escapeRegExp = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

export const TextField = ({ value, onInput, required = false, expected, ...field }: TextFieldProps) => (
  <Labelled
    {...field}
    control={(attributes) => (
      <input
        {...attributes}
        type="text"
        value={value}
        required={required}
        maxLength={longestText}
        {...(expected !== undefined && { pattern: escapeRegExp(expected), title: expected })}
        {...(required && expected === undefined && { pattern: '.*\\S.*', title: 'Not only spaces' })}
        autocomplete="off"
        onInput={(event) => onInput(event.currentTarget.value)}
      />
    )}
  />
);

/** Longest list of ids that a run takes, as text. */
const longestIds = 3_000 * '1101000001 '.length;

/** Ids as they are pasted: one a line, or with any separator. */
export const IdsField = ({ value, onInput, required = false, ...field }: InputProps) => (
  <Labelled
    {...field}
    control={(attributes) => (
      <textarea
        {...attributes}
        rows={3}
        value={value}
        required={required}
        maxLength={longestIds}
        spellcheck={false}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
    )}
  />
);

export const InstantField = ({ value, onInput, ...field }: InputProps) => (
  <Labelled
    {...field}
    control={(attributes) => (
      <input
        {...attributes}
        type="datetime-local"
        value={value}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
    )}
  />
);

/** A whole number from 1 to `max`. */
export const NumberField = ({ value, onInput, max, ...field }: InputProps & { readonly max: number }) => (
  <Labelled
    {...field}
    control={(attributes) => (
      <input
        {...attributes}
        type="number"
        min={1}
        max={max}
        value={value}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
    )}
  />
);

type CheckboxProps = FieldProps & {
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly required?: boolean;
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

type SelectProps = FieldProps & {
  readonly value: string;
  readonly required?: boolean;
  readonly onChange: (value: string) => void;
  /** `option` elements. */
  readonly children: ComponentChildren;
};

export const Select = ({ value, onChange, required = false, children, ...field }: SelectProps) => (
  <Labelled
    {...field}
    control={(attributes) => (
      <select
        {...attributes}
        value={value}
        required={required}
        onChange={(event) => onChange(event.currentTarget.value)}
      >
        {children}
      </select>
    )}
  />
);

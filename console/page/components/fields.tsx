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

export const TextField = ({
  value,
  onInput,
  required = false,
  longest = longestText,
  ...field
}: InputProps & { readonly longest?: number }) => (
  <Labelled
    {...field}
    control={(attributes) => (
      <input
        {...attributes}
        type="text"
        value={value}
        required={required}
        maxLength={longest}
        autocomplete="off"
        onInput={(event) => onInput(event.currentTarget.value)}
      />
    )}
  />
);

/** A whole number from 1 to `max`. */
export const NumberField = ({
  value,
  onInput,
  required = false,
  max,
  ...field
}: InputProps & { readonly max: number }) => (
  <Labelled
    {...field}
    control={(attributes) => (
      <input
        {...attributes}
        type="number"
        min={1}
        max={max}
        value={value}
        required={required}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
    )}
  />
);

type CheckboxProps = FieldProps & { readonly checked: boolean; readonly onChange: (checked: boolean) => void };

export const Checkbox = ({ label, hint, checked, onChange }: CheckboxProps) => {
  const id = useId();
  return (
    <div class="checkbox">
      <input
        id={id}
        type="checkbox"
        checked={checked}
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
  readonly onChange: (value: string) => void;
  /** `option` elements. */
  readonly children: ComponentChildren;
};

export const Select = ({ value, onChange, children, ...field }: SelectProps) => (
  <Labelled
    {...field}
    control={(attributes) => (
      <select {...attributes} value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        {children}
      </select>
    )}
  />
);

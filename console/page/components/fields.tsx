import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

type FieldProps = {
  readonly label: string;
  readonly hint?: string;
};

type InputProps = FieldProps & {
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly required?: boolean;
};

const describedBy = (id: string, hint: string | undefined) =>
  hint === undefined ? {} : { 'aria-describedby': `${id}-hint` };

const Hint = ({ id, hint }: { readonly id: string; readonly hint: string | undefined }) =>
  hint === undefined ? null : (
    <span id={id} class="hint">
      {hint}
    </span>
  );

/** Longest text that the API takes. */
const longestText = 256;

export const TextField = ({ label, hint, value, onInput, required = false }: InputProps) => {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        type="text"
        value={value}
        required={required}
        maxLength={longestText}
        autocomplete="off"
        {...describedBy(id, hint)}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
      <Hint id={`${id}-hint`} hint={hint} />
    </div>
  );
};

/** A whole number from 1 to `max`. */
export const NumberField = ({
  label,
  hint,
  value,
  onInput,
  required = false,
  max,
}: InputProps & { readonly max: number }) => {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        type="number"
        min={1}
        max={max}
        value={value}
        required={required}
        {...describedBy(id, hint)}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
      <Hint id={`${id}-hint`} hint={hint} />
    </div>
  );
};

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
      <Hint id={`${id}-hint`} hint={hint} />
    </div>
  );
};

type SelectProps = FieldProps & {
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** `option` elements. */
  readonly children: ComponentChildren;
};

export const Select = ({ label, hint, value, onChange, children }: SelectProps) => {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select
        id={id}
        value={value}
        {...describedBy(id, hint)}
        onChange={(event) => onChange(event.currentTarget.value)}
      >
        {children}
      </select>
      <Hint id={`${id}-hint`} hint={hint} />
    </div>
  );
};

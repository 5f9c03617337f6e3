import { useEffect, useRef } from 'preact/hooks';

const fieldId = 'search';

/** Moves the focus to the search field. @returns whether there is one */
export const focusSearch = (): boolean => {
  const field = document.getElementById(fieldId);
  field?.focus();
  return field !== null;
};

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.closest('input:not([type=checkbox]), textarea, select, dialog') !== null;

/** `/` leads to the search field from everywhere. */
export const useSlash = (): void => {
  useEffect(() => {
    const follow = (event: KeyboardEvent) => {
      if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      event.preventDefault();
      // The field takes the focus by itself when its view appears.
      if (!focusSearch()) location.hash = '#/find';
    };
    addEventListener('keydown', follow);
    return () => removeEventListener('keydown', follow);
  }, []);
};

type SearchFieldProps = {
  readonly text: string;
  readonly onText: (text: string) => void;
  readonly onEnter: () => void;
};

/** The one field of the page, focused when the view appears. */
export const SearchField = ({ text, onText, onEnter }: SearchFieldProps) => {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    field.current?.focus();
    field.current?.select();
  }, []);
  return (
    <div class="field wide">
      <label for={fieldId}>Name, number, address or instance</label>
      <input
        id={fieldId}
        ref={field}
        type="search"
        value={text}
        maxLength={256}
        autocomplete="off"
        spellcheck={false}
        aria-describedby={`${fieldId}-hint`}
        onInput={(event) => onText(event.currentTarget.value)}
        onKeyDown={({ key }) => {
          if (key === 'Escape') onText('');
          if (key === 'Enter') onEnter();
        }}
      />
      <span id={`${fieldId}-hint`} class="hint">
        Three characters or more, for example the last digits of the phone number. Press / to come back here.
      </span>
    </div>
  );
};

import { useEffect, useRef, useState } from 'preact/hooks';
import { search } from '../instances/live.ts';
import { useStore } from '../use-store.ts';

/** A letter stands in the field before anything is searched. */
const restMs = 100;

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

type SearchFieldProps = { readonly onEnter: () => void };

/** The one field of the page, focused when the view appears. */
export const SearchField = ({ onEnter }: SearchFieldProps) => {
  const stored = useStore(search).text;
  const [text, setText] = useState(stored);
  const sent = useRef(stored);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const field = useRef<HTMLInputElement>(null);
  const find = (next: string) => {
    sent.current = next;
    search.set({ ...search.get(), text: next });
  };
  const change = (next: string) => {
    setText(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => find(next), restMs);
  };
  // Another part of the page may search too.
  useEffect(() => {
    if (stored !== sent.current) setText(stored);
    sent.current = stored;
  }, [stored]);
  useEffect(() => {
    field.current?.focus();
    field.current?.select();
    return () => clearTimeout(timer.current);
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
        onInput={(event) => change(event.currentTarget.value)}
        onKeyDown={({ key }) => {
          if (key === 'Escape') change('');
          if (key === 'Enter') onEnter();
        }}
      />
      <span id={`${fieldId}-hint`} class="hint">
        Three characters or more, for example the last digits of the phone number. Press / to come back here.
      </span>
    </div>
  );
};

import { useEffect } from 'preact/hooks';
import { focusSearch } from './search-field.tsx';

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

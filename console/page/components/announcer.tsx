import { useEffect } from 'preact/hooks';
import { createStore } from '../store.ts';
import { useStore } from '../use-store.ts';

const nothing = { text: '', address: '' };

const message = createStore(nothing);

/**
 * Shows a status message at the top of the page, which screen readers read out without moving the focus. It stays until the
 * address changes. An empty one, when an action starts, removes the result of the action before.
 */
export const announce = (text: string): void => message.set({ text, address: location.hash });

export const Announcer = () => {
  const { text } = useStore(message);
  useEffect(() => {
    const clear = () => {
      // A message that was announced for the new address stays.
      if (message.get().address !== location.hash) message.set(nothing);
    };
    addEventListener('hashchange', clear);
    return () => removeEventListener('hashchange', clear);
  }, []);
  return (
    <p role="status" class="announcement">
      {text}
    </p>
  );
};

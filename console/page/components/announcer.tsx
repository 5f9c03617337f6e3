import { type ComponentChildren, createContext } from 'preact';
import { useCallback, useContext, useEffect, useState } from 'preact/hooks';

type Announce = (text: string) => void;

const nothing = { text: '', address: '' };

const AnnounceContext = createContext<Announce>(() => {});

/**
 * Shows a status message at the top of the page, which screen readers read out without moving the focus. It stays until the
 * address changes. An empty one, when an action starts, removes the result of the action before.
 */
export const useAnnounce = (): Announce => useContext(AnnounceContext);

export const Announcer = ({ children }: { readonly children: ComponentChildren }) => {
  const [{ text }, setMessage] = useState(nothing);
  const announce = useCallback((message: string) => setMessage({ text: message, address: location.hash }), []);
  useEffect(() => {
    // A message that was announced for the new address stays.
    const clear = () => setMessage((message) => (message.address === location.hash ? message : nothing));
    addEventListener('hashchange', clear);
    return () => removeEventListener('hashchange', clear);
  }, []);
  return (
    <AnnounceContext.Provider value={announce}>
      <p role="status" class="announcement">
        {text}
      </p>
      {children}
    </AnnounceContext.Provider>
  );
};

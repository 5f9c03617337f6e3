import { type ComponentChildren, createContext } from 'preact';
import { useCallback, useContext, useState } from 'preact/hooks';

type Announce = (text: string) => void;

const AnnounceContext = createContext<Announce>(() => {});

/** Shows a status message at the top of the page, which screen readers read out without moving the focus. */
export const useAnnounce = (): Announce => useContext(AnnounceContext);

/** The one status line of the page. */
export const Announcer = ({ children }: { readonly children: ComponentChildren }) => {
  const [text, setText] = useState('');
  const announce = useCallback((message: string) => setText(message), []);
  return (
    <AnnounceContext.Provider value={announce}>
      <p role="status" class="announcement">
        {text}
      </p>
      {children}
    </AnnounceContext.Provider>
  );
};

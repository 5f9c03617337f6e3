/** Kept for this tab only: another tab needs the printed address again. */
const storageKey = 'green-api-logout-start-token';

/**
 * Moves the start token from the fragment of the printed address (`#token=…`) to the storage of this tab, so that it
 * stands neither in the address bar nor in the history. A fragment is never sent to a server.
 *
 * @returns whether there was one
 */
export const takeStartToken = (): boolean => {
  const [, token] = /^#token=([\w-]+)$/.exec(location.hash) ?? [];
  if (token === undefined) return false;
  sessionStorage.setItem(storageKey, token);
  history.replaceState(null, '', `${location.pathname}#/find`);
  return true;
};

/** The header that carries the start token, if this tab has one. */
export const startTokenHeader = (): Readonly<Record<string, string>> => {
  const token = sessionStorage.getItem(storageKey);
  return token === null ? {} : { authorization: `Bearer ${token}` };
};

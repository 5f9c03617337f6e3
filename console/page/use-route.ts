import { useEffect, useState } from 'preact/hooks';

/** Where the page is, from the fragment of its address: `#/runs/api-…` is view `runs` with id `api-…`. */
export type Route = { readonly view: string; readonly id: string | undefined };

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/** The id is an id of a run or an instance, or the identity of a person, encoded. */
const parseRoute = (hash: string): Route => {
  const [, view = 'find', id] = /^#\/([a-z]+)(?:\/([^/]+))?$/.exec(hash) ?? [];
  return { view, id: id === undefined ? undefined : decode(id) };
};

/** The present route; renders again when the address changes. */
export const useRoute = (): Route => {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const follow = () => setHash(location.hash);
    // It may have changed between the rendering and now.
    follow();
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  return parseRoute(hash);
};

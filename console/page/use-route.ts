import { useEffect, useState } from 'preact/hooks';

/** Where the page is, from the fragment of its address: `#/runs/api-…` is view `runs` with id `api-…`. */
export type Route = { readonly view: string; readonly id: string | undefined };

const parseRoute = (hash: string): Route => {
  const [, view = 'instances', id] = /^#\/([a-z]+)(?:\/([\w-]+))?$/.exec(hash) ?? [];
  return { view, id };
};

/** The present route; renders again when the address changes. */
export const useRoute = (): Route => {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const follow = () => setHash(location.hash);
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  return parseRoute(hash);
};

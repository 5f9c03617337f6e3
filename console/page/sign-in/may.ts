import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Capability } from '../../../functions/http/routes.ts';

/** What the service allows whoever is signed in; `undefined` on the page of this machine, where IAM decides about each call. */
export const AllowedContext = createContext<readonly Capability[] | undefined>(undefined);

/** Whether to offer something. The service decides again at each call. */
export const useMay = (): ((capability: Capability) => boolean) => {
  const allowed = useContext(AllowedContext);
  return (capability) => allowed?.includes(capability) ?? true;
};

import { foldCase } from '../instances/identity.ts';
import type { Owners } from '../instances/read-owners.ts';
import { isIdentity } from './identity.ts';

export type RenameDependencies = {
  readonly readOwners: () => Promise<Owners['owners']>;
  /** @param to missing if no tag could hold the new name */
  readonly ownerRenamed: (from: string, to: string | undefined) => void;
};

/**
 * Reports that a provider gave the owner of an instance another name. A later deactivation may come under the new name and find
 * nobody, unless the tag holds both.
 *
 * @param from the name that the id of the user stands for
 * @param to the `userName` that was sent; missing if none was
 */
export type ReportRename = (from: string, to: unknown) => Promise<void>;

export const createReportRename =
  ({ readOwners, ownerRenamed }: RenameDependencies): ReportRename =>
  async (from, to) => {
    if (typeof to !== 'string' || foldCase(to) === foldCase(from)) return;
    const has = (identities: readonly string[], name: string): boolean =>
      identities.some((identity) => foldCase(identity) === foldCase(name));
    const owners = await readOwners();
    if (owners.some((identities) => has(identities, from) && !has(identities, to)))
      ownerRenamed(from, isIdentity(to) ? to : undefined);
  };

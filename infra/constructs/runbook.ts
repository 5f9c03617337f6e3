import manifest from '../../package.json' with { type: 'json' };

/** The page with a section per alarm, named as the alarm. */
const page = 'docs/operations.md';

/** The address of the repository's files as a browser shows them; `undefined` if the package names no repository on the web. */
const filesOf = ({ repository }: { readonly repository?: string | { readonly url: string } }): string | undefined => {
  const url = typeof repository === 'string' ? repository : repository?.url;
  const [, address] = /^(?:git\+)?(https:\/\/[^\s#]+?)(?:\.git)?$/.exec(url ?? '') ?? [];
  return address && `${address}/blob/main/`;
};

/** The runbook of this project: in its repository, if it has one, else the file in the package. */
export const defaultRunbookUrl = `${filesOf(manifest as object) ?? ''}${page}`;

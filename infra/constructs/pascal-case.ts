/** `forced-logouts` → `ForcedLogouts`: the id of a construct, from a name as people read it. */
export const pascalCase = (name: string): string =>
  name.replace(/(?:^|-)([a-z0-9])/g, (_match, first: string) => first.toUpperCase());

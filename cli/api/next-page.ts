import { CommandFailed } from '../errors.ts';

/** @throws CommandFailed if the API names the page that was just read as the next one: the reading would never end */
export const nextPage = (
  page: { readonly next?: string | undefined },
  read: string | undefined,
): string | undefined => {
  if (page.next !== undefined && page.next === read)
    throw new CommandFailed('The API gives the same page again and again. Check --url and any proxy in front of it.');
  return page.next;
};

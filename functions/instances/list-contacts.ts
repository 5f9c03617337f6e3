import { defined } from '../platform/defined.ts';
import {
  createList,
  type ListedInstance,
  type ListInstances,
  type ListInstancesDependencies,
  type Tag,
  tagValue,
} from './directory.ts';
import { type Contact, shortenPhone } from './search.ts';

export type ContactInstance = ListedInstance & Contact;

/** Also of a tag that somebody wrote by hand, no more than the last digits leave. */
const parseContact = (tags: readonly Tag[]): Contact =>
  defined({ name: tagValue(tags, 'name'), phone: shortenPhone(tagValue(tags, 'phone') ?? '') || undefined });

export const createListContacts = (dependencies: ListInstancesDependencies): ListInstances<Contact> =>
  createList(dependencies, parseContact);

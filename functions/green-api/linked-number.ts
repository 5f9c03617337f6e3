import type { Deadline } from '../platform/deadline.ts';
import { createCaller, type GreenApiDependencies, type Instance } from './client.ts';
import { type GreenApiFailure, parseAccountAnswer, parseSettingsAnswer } from './responses.ts';

/** The digits of the phone number whose account is linked; empty: none is linked, or GREEN-API does not say. */
type NumberAnswer = { readonly kind: 'number'; readonly digits: string } | GreenApiFailure;

/** A `wid` of WhatsApp, such as `79876543210@c.us`. That of another messenger is an account, not a number. */
const numberOfWid = (wid: string): string => /^(\d+)(?::\d+)?@(?:c\.us|s\.whatsapp\.net)$/.exec(wid)?.[1] ?? '';

const digitsOf = (phone: string): string => phone.replace(/\D/g, '');

/** Asks for the settings of an instance, and only if they do not name the number, for those of its account. */
export const createReadLinkedNumber = (dependencies: GreenApiDependencies) => {
  const call = createCaller(dependencies);
  const getSettings = call('getSettings', parseSettingsAnswer);
  const getWaSettings = call('getWaSettings', parseAccountAnswer);
  const getAccountSettings = call('getAccountSettings', parseAccountAnswer);

  return async (instance: Instance, deadline: Deadline): Promise<NumberAnswer> => {
    const settings = await getSettings(instance, deadline);
    if (settings.kind !== 'settings') return settings;
    const isWhatsApp = settings.typeInstance === 'whatsapp' || settings.typeInstance === '';
    const digits = isWhatsApp ? numberOfWid(settings.wid) : '';
    if (digits !== '') return { kind: 'number', digits };
    const account = await (isWhatsApp ? getWaSettings : getAccountSettings)(instance, deadline);
    return account.kind === 'account' ? { kind: 'number', digits: digitsOf(account.phone) } : account;
  };
};

import type { Endpoints } from './discover.ts';

/** The built page, and the headers to be sent with it. */
export type Page = { readonly html: string; readonly headers: Readonly<Record<string, string>> };

/** Where the page has its settings. Without any, it is the console of this machine. */
const place = '<script type="application/json" id="desk">null</script>';

const connectOwn = "connect-src 'self'";

/**
 * The page with what it needs for the sign-in. It may call its own origin and that of the token endpoint, and nothing else. It
 * goes to the issuer's other addresses by navigation, which no policy restricts.
 *
 * @throws if the built page has no place for settings
 */
export const pageFor = ({ html, headers }: Page, settings: object, { token_endpoint: token }: Endpoints): Page => {
  const policy = headers['content-security-policy'];
  if (!html.includes(place) || !policy?.includes(connectOwn)) throw new Error('the built page is another one');
  const json = JSON.stringify(settings).replaceAll('<', '\\u003c');
  return {
    html: html.replace(place, () => place.replace('null', () => json)),
    headers: {
      ...headers,
      'content-security-policy': policy.replace(connectOwn, () => `${connectOwn} ${new URL(token).origin}`),
      'strict-transport-security': 'max-age=31536000',
    },
  };
};

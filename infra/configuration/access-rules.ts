import * as v from 'valibot';
import type { Capability } from '../../functions/http/routes.ts';
import { fields, listOf, matching, word } from './field-schemas.ts';

/** Scopes that the desk's page itself asks for (https://openid.net/specs/openid-connect-core-1_0.html#ScopeClaims). */
const everybodysScopes: ReadonlySet<unknown> = new Set([
  'openid',
  'profile',
  'email',
  'address',
  'phone',
  'offline_access',
]);

/** Claims that say of which issuer, tenant, client or kind a token is, and nothing about the person. Scopes have a rule of their own. */
const everybodysClaims: ReadonlySet<unknown> = new Set([
  ...['iss', 'aud', 'azp', 'client_id', 'cid', 'appid', 'tid'],
  ...['typ', 'ver', 'token_use', 'azpacr', 'appidacr', 'scope', 'scp'],
]);

const text = matching(/^[^\p{Cc}]{1,128}$/u, 'a text of 1 to 128 characters');

const byClaim = fields({
  /** Its name, or the names on the way to it. */
  claim: v.lazy((given) => (Array.isArray(given) ? listOf(text, 5) : text)),
  anyOf: listOf(text, 10),
});
const byScope = fields({ scope: word });

const rule = v.lazy((given) => {
  if (typeof given === 'string') return v.literal('everybody', 'must be a rule, or "everybody"');
  return Object(given).scope === undefined ? byClaim : byScope;
});

type Rule = v.InferOutput<typeof rule>;

const isEverybodys = (given: Rule): boolean => {
  if (given === 'everybody') return false;
  return 'scope' in given ? everybodysScopes.has(given.scope) : everybodysClaims.has([given.claim].flat().at(-1));
};

const ofPerson = v.pipe(
  rule,
  v.check(
    (given) => !isEverybodys(given),
    'must be about the person, because every token has this. To allow everybody, write "everybody"',
  ),
);

const rulesOf = <Schema extends v.GenericSchema>(each: Schema) =>
  fields({ read: v.exactOptional(each), logout: v.exactOptional(each), runs: v.exactOptional(each) } satisfies Record<
    Capability,
    v.GenericSchema
  >);

/** Who may do what: a capability that is left out is nobody's. */
export const accessRules = rulesOf(rule);

/** The same for people who sign in: no rule means everybody unless it says so. */
export const accessRulesOfPeople = rulesOf(ofPerson);

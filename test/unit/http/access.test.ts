import {
  createForcedLogoutsHandler,
  type ForcedLogoutsHandlerDependencies,
} from '../../../functions/forced-logouts.ts';
import { checkAccess } from '../../../functions/http/access.ts';
import { nameOfCaller, parseCaller } from '../../../functions/http/caller.ts';
import { deskRoutes, routeKeyOf, routes } from '../../../functions/http/routes.ts';
import { createInstancesHandler } from '../../../functions/instances.ts';
import { createLogoutHandler } from '../../../functions/logout.ts';
import { readAccess } from '../../../functions/platform/settings.ts';
import { createStateHandler } from '../../../functions/state.ts';
import { contextOf, httpEventOf, parseAnswer } from '../../support/http-event.ts';

const issuer = 'https://login.example.com/';
const person = { iss: issuer, sub: 'a1', email: 'ann@example.com', name: 'Ann Lee' };

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const tokenOf = (claims: object): string => `${encode({ alg: 'RS256' })}.${encode(claims)}.c2ln`;

/** As the gateway's authorizer hands claims over. */
const flatten = (claims: object): object =>
  Object.fromEntries(
    Object.entries(claims).map(([name, value]) => [name, Array.isArray(value) ? `[${value.join(' ')}]` : `${value}`]),
  );

type Request = { readonly claims?: object; readonly authorization?: string; readonly body?: object };

const eventOf = (routeKey: string, { claims = {}, authorization, body }: Request = {}) =>
  httpEventOf({
    routeKey,
    authorizer: { jwt: { claims: flatten({ ...person, ...claims }), scopes: null } },
    headers: { authorization: authorization ?? `Bearer ${tokenOf({ ...person, ...claims })}` },
    ...(body && { body: JSON.stringify(body) }),
  });

const byRole = (role: string) => ({ claim: 'roles', anyOf: [role] });
const deskAllow = { read: byRole('whatsapp-read'), logout: byRole('whatsapp-logout'), runs: byRole('whatsapp-runs') };

const answerOf = (event: ReturnType<typeof eventOf>, access: Parameters<typeof checkAccess>[0] = { deskAllow }) => {
  const before = checkAccess(access).before as (request: { event: typeof event }) => object | undefined;
  const answer = before({ event });
  return answer && parseAnswer(answer);
};

const logout = 'POST /desk/instances/{idInstance}/logout';
const start = 'POST /desk/forced-logouts';

describe('the claim', () => {
  test.each([
    ['one of several roles', { roles: ['whatsapp-read', 'whatsapp-logout'] }],
    ['a claim that is one text', { roles: 'whatsapp-logout' }],
  ])('gives the right: %s', (_, claims) => {
    expect(answerOf(eventOf(logout, { claims }))).toBeUndefined();
  });

  test.each([
    ['a group whose name holds the role', { roles: ['x whatsapp-logout y'] }],
    ['the same as a text', { roles: 'x whatsapp-logout y' }],
    ["a text in the gateway's form of a list", { roles: '[whatsapp-logout]' }],
    ['the role in another claim', { groups: ['whatsapp-logout'] }],
    ['a list in a list', { roles: [['whatsapp-logout']] }],
    ['an object', { roles: { 'whatsapp-logout': true } }],
    ['a number', { roles: 5 }],
    ['another case', { roles: ['WhatsApp-Logout'] }],
    ['no claim', {}],
    ['a scope of that name', { scope: 'whatsapp-logout', scp: ['whatsapp-logout'] }],
  ])('gives no right: %s', (_, claims) => {
    expect(answerOf(eventOf(logout, { claims }))?.status).toBe(403);
  });

  test('may be inside another, and its name may have dots', () => {
    const allow = (claim: string | string[]) => ({ deskAllow: { logout: { claim, anyOf: ['it'] } } });
    const event = eventOf(logout, { claims: { realm_access: { roles: ['it'] }, 'https://example.com/roles': ['it'] } });

    expect(answerOf(event, allow(['realm_access', 'roles']))).toBeUndefined();
    expect(answerOf(event, allow('https://example.com/roles'))).toBeUndefined();
    expect(answerOf(event, allow('realm_access.roles'))?.status).toBe(403);
    expect(answerOf(event, allow(['constructor', 'name']))?.status).toBe(403);
    expect(answerOf(event, allow([]))?.status).toBe(403);
  });

  test.each([
    [{ scope: 'openid runs' }, undefined],
    [{ scp: 'openid runs' }, undefined],
    [{ scp: ['openid', 'runs'] }, undefined],
    [{ scope: 'openid runs.read' }, 403],
    [{ scope: ['x runs y'] }, 403],
    [{ roles: ['runs'] }, 403],
  ])('of a rule with a scope: %j', (claims, status) => {
    const rules = { deskAllow: { logout: { scope: 'runs' } } };

    expect(answerOf(eventOf(logout, { claims }), rules)?.status).toBe(status);
  });
});

describe('the token', () => {
  const allowed = { ...person, roles: ['whatsapp-logout'] };

  test.each([
    ['none', ''],
    ['one that is not the verified one: another person', `Bearer ${tokenOf({ ...allowed, sub: 'b2' })}`],
    ['one of another issuer', `Bearer ${tokenOf({ ...allowed, iss: 'https://evil.example.com/' })}`],
    ['a second header after it', `Bearer ${tokenOf(person)},Bearer ${tokenOf(allowed)}`],
    ['a second header before it', `Bearer ${tokenOf(allowed)},Bearer ${tokenOf(person)}`],
    ['no JSON', 'Bearer a.b.c'],
    ['a list', `Bearer a.${encode([allowed])}.c`],
    ['two parts', `Bearer ${tokenOf(allowed).split('.').slice(0, 2).join('.')}`],
  ])('gives no right: %s', (_, authorization) => {
    expect(answerOf(eventOf(logout, { authorization }))?.status).toBe(403);
  });

  test.each([`Bearer ${tokenOf(allowed)}`, `bearer ${tokenOf(allowed)}`, tokenOf(allowed)])(
    'is read in each form that the gateway accepts',
    (authorization) => {
      expect(answerOf(eventOf(logout, { authorization }))).toBeUndefined();
    },
  );

  test('gives no right where the gateway verified none', () => {
    const event = httpEventOf({ routeKey: logout, headers: { authorization: `Bearer ${tokenOf(allowed)}` } });

    expect(answerOf(event)?.status).toBe(403);
    expect(answerOf(event, { deskAllow: { logout: 'everybody' } })?.status).toBe(403);
  });

  test('gives no right where neither it nor the verified one names an issuer', () => {
    const claims = { ...allowed, iss: undefined };
    const event = httpEventOf({
      routeKey: logout,
      authorizer: { jwt: { claims: { sub: allowed.sub }, scopes: null } },
      headers: { authorization: `Bearer ${tokenOf(claims)}` },
    });

    expect(answerOf(event)?.status).toBe(403);
  });
});

test('the answer says which role is missing', () => {
  const answer = answerOf(eventOf(start, { body: { target: { all: true } } }));

  expect(answer).toMatchObject({
    status: 403,
    headers: { 'content-type': 'application/problem+json' },
    body: {
      code: 'role-missing',
      capability: 'runs',
      detail: expect.stringContaining('Start and stop runs: the value "whatsapp-runs" in the claim "roles".'),
    },
  });
});

test('a capability without a rule is nobody’s, and a desk without rules is closed', () => {
  const claims = { roles: ['whatsapp-read', 'whatsapp-logout', 'whatsapp-runs'] };

  expect(answerOf(eventOf(logout, { claims }), { deskAllow: { read: 'everybody' } })?.body.detail).toContain('nobody');
  expect(answerOf(eventOf('GET /desk/instances', { claims }), {})?.status).toBe(403);
  expect(answerOf(eventOf('GET /desk/instances'), { deskAllow: { read: 'everybody' } })).toBeUndefined();
});

test.each([
  ['a drill belongs to read', { dryRun: true }, undefined],
  ['a run does not', { dryRun: false }, 'runs'],
  ['nor does one that does not say it', {}, 'runs'],
  ['nor one with another value', { dryRun: 'true' }, 'runs'],
  ['a retry as a drill belongs to read', { retryOf: 'api-1', dryRun: true }, undefined],
  ['a retry does not', { retryOf: 'api-1' }, 'runs'],
])('%s', (_, body, missing) => {
  const event = eventOf(start, { claims: { roles: ['whatsapp-read'] }, body });

  expect(answerOf(event)?.body.capability).toBe(missing);
});

test.each(routes.map((route) => [routeKeyOf(route), route.takes] as const))(
  '%s takes the capability %s at the desk, and no other is enough',
  (key, takes) => {
    const deskKey = key.replace(' ', ' /desk');
    const others = Object.values(deskAllow)
      .flatMap(({ anyOf }) => anyOf)
      .filter((role) => role !== `whatsapp-${takes}`);

    expect(deskRoutes.map(routeKeyOf)).toContain(deskKey);
    expect(answerOf(eventOf(deskKey, { claims: { roles: [`whatsapp-${takes}`] } }))).toBeUndefined();
    expect(answerOf(eventOf(deskKey, { claims: { roles: others } }))?.body.capability).toBe(takes);
  },
);

test('a route that is not in the table takes the highest capability', () => {
  const event = eventOf('DELETE /desk/instances/{idInstance}', {
    claims: { roles: ['whatsapp-read', 'whatsapp-logout'] },
  });

  expect(answerOf(event)?.body.capability).toBe('runs');
});

describe('callers with a JWT on the other routes', () => {
  const key = 'POST /instances/{idInstance}/logout';

  test('are decided by the gateway, unless there are rules for them', () => {
    expect(answerOf(eventOf(key), { deskAllow })).toBeUndefined();
    expect(answerOf(eventOf(key), { jwtAllow: deskAllow })?.status).toBe(403);
    expect(answerOf(eventOf(key, { claims: { roles: ['whatsapp-logout'] } }), { jwtAllow: deskAllow })).toBeUndefined();
  });

  test('have no right at the desk by their own rules', () => {
    const event = eventOf(logout, { claims: { roles: ['whatsapp-logout'] } });

    expect(answerOf(event, { jwtAllow: deskAllow })?.status).toBe(403);
  });
});

test('every function of the API asks for the right before it does anything', async () => {
  const never = () => {
    throw new Error('it was called');
  };
  const access = { deskAllow, jwtAllow: undefined };
  const handlers = {
    logout: createLogoutHandler({ logOut: never, tokenRotation: true, access, log: never }),
    instances: createInstancesHandler({ listInstances: never, nowMs: never, access, log: never }),
    state: createStateHandler({ readState: never, now: never, access, log: never }),
    'forced-logouts': createForcedLogoutsHandler({
      access,
      log: never,
      limits: { maxTargetsCeiling: 1, executionTimeoutMs: 1 },
    } as unknown as ForcedLogoutsHandlerDependencies),
  };

  for (const route of routes) {
    const event = eventOf(routeKeyOf(route).replace(' ', ' /desk'));
    expect((await handlers[route.function](event, contextOf())).statusCode).toBe(403);
  }
});

describe('the caller at the desk', () => {
  test('is the person as the token claims', () => {
    expect(parseCaller(eventOf(logout))).toEqual({
      requestedBy: 'a1',
      session: { name: 'desk', setBy: 'desk' },
      email: 'ann@example.com',
      person: { issuer, name: 'Ann Lee' },
    });
  });

  test('may have a user name only, and claims of a wrong type are left out', () => {
    const claims = { name: undefined, email: ['a', 'b'], preferred_username: 'ann' };

    expect(parseCaller(eventOf(logout, { claims }))).toMatchObject({ person: { issuer, name: 'ann' } });
    expect(parseCaller(eventOf(logout, { claims }))).not.toHaveProperty('email');
  });

  test('has a name for what keeps one text, such as who stopped a run', () => {
    expect(nameOfCaller(parseCaller(eventOf(logout)))).toBe(`a1 Ann Lee ann@example.com ${issuer}`);
    expect(nameOfCaller(parseCaller(httpEventOf({ routeKey: 'DELETE /forced-logouts/{id}' })))).toBe(
      'arn:aws:sts::111122223333:assumed-role/SecurityDesk AROAEXAMPLEID',
    );
  });

  test('is unidentified without a verified token', () => {
    expect(parseCaller(eventOf(logout, { authorization: 'x' }))).toEqual({ requestedBy: 'unidentified' });
  });
});

test('rules that cannot be read end the function at its start', () => {
  const rules = { read: 'everybody', runs: { claim: ['a', 'b'], anyOf: ['c'] } };

  expect(readAccess({ DESK_ALLOW: JSON.stringify(rules) })).toEqual({ deskAllow: rules, jwtAllow: undefined });
  expect(() => readAccess({ JWT_ALLOW: '{"read":' })).toThrow('JSON');
});

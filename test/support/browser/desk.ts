import type { Page } from 'playwright-core';
import { startLocalService } from '../local-service.ts';

/** Starts the local service with its desk and the demo provider. */
export const startDesk = async () => {
  const service = await startLocalService({ args: ['--desk'] });
  const [, issuer = ''] = await service.printed(/demo provider is on (http:\S+)/);
  const control = async (path: string, body: object): Promise<void> => {
    const { status } = await fetch(`${issuer}/emulator/${path}`, { method: 'PUT', body: JSON.stringify(body) });
    if (status !== 204) throw new Error(`the provider answered ${status}`);
  };
  return {
    ...service,
    issuer,
    address: `${service.url}/desk`,
    /** What the next tokens of a person say. */
    change: (sub: string, claims: object) => control(`people/${sub}`, claims),
    /** `audience` and `lifetimeSeconds` of the next tokens. */
    changeTokens: (tokens: object) => control('tokens', tokens),
  };
};

/** Presses the button of a person on the provider's page. */
export const pressPerson = (page: Page, name: string): Promise<void> => page.getByRole('button', { name }).click();

/** Two hours later, until `back` is called: every token has expired. */
export const letTokensExpire = async (page: Page) => {
  await page.clock.setSystemTime(Date.now() + 7_200_000);
  return { back: () => page.clock.setSystemTime(Date.now()) };
};

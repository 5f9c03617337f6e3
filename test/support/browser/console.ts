import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { launchBrowser } from './launch.ts';

/** Long enough for a machine that does many things at once; nothing waits so long unless something is wrong. */
const timeoutMs = 240_000;

/** What a page must never do: throw, or break its own content security policy. */
const collectErrors = (page: Page): readonly string[] => {
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    // A response with an error status is printed too; the page shows those.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      errors.push(message.text());
  });
  return errors;
};

/** A browser for a test file, and pages in contexts of their own. */
export const startBrowser = async () => {
  const browser: Browser = await launchBrowser();
  return {
    open: async (address: string, options: BrowserContextOptions = {}) => {
      const context = await browser.newContext({
        locale: 'en-GB',
        timezoneId: 'UTC',
        reducedMotion: 'reduce',
        ...options,
      });
      context.setDefaultTimeout(timeoutMs);
      const page = await context.newPage();
      const errors = collectErrors(page);
      await page.goto(address);
      return { page, errors, [Symbol.asyncDispose]: () => context.close() };
    },
    [Symbol.asyncDispose]: () => browser.close(),
  };
};

import type { Page } from 'playwright-core';

/** Something a person sees: how to get there from the first view of the local service. */
export type View = { readonly name: string; readonly open: (page: Page) => Promise<void> };

const row = (page: Page, idInstance: string) => page.getByRole('row', { name: idInstance });

/** The row of an instance in the list, or on the page of a person. */
export const instanceRow = (page: Page, idInstance: string) =>
  page
    .getByRole('listitem')
    .filter({ has: page.getByRole('checkbox', { name: idInstance }) })
    .last();

export const find = async (page: Page, text: string): Promise<void> => {
  await page.getByRole('searchbox').fill(text);
  await page.getByText(/\d (?:person|people) found/).waitFor();
};

/** Opens the page of a person from the list, and waits until all states are read. */
export const openPerson = async (page: Page, name: string): Promise<void> => {
  await page.getByRole('link', { name: 'Find', exact: true }).click();
  await page.getByRole('searchbox').fill('');
  await page.getByRole('link', { name }).first().click();
  await page.getByRole('heading', { name, level: 1 }).waitFor();
  await page.getByText('state not read yet').first().waitFor({ state: 'detached' });
};

const openLogoutDialog = async (page: Page): Promise<void> => {
  await openPerson(page, 'John Doe');
  await page.getByRole('button', { name: /^Log out everything/ }).click();
  await page.getByRole('dialog').getByLabel('Reason').fill('phone lost');
};

const openView = async (page: Page, name: string): Promise<void> => {
  await page.getByRole('link', { name, exact: true }).click();
  await page.getByRole('heading', { name, exact: true }).waitFor();
};

/** Opens a view and waits until it has loaded its table. */
const openTable = async (page: Page, name: string): Promise<void> => {
  await openView(page, name);
  await page.getByRole('table').waitFor();
};

export const setFault = async (page: Page, idInstance: string, fault: string): Promise<void> => {
  await openView(page, 'Emulator faults');
  await page.getByLabel('Instance', { exact: true }).selectOption(idInstance);
  await page.getByLabel('Fault', { exact: true }).selectOption(fault);
  await page.getByRole('button', { name: 'Set fault' }).click();
  await row(page, idInstance).getByText(fault).waitFor();
};

/** Fills the dialog of a new run. */
export const openNewRun = async (page: Page, group: string): Promise<void> => {
  await openView(page, 'Runs');
  await page.getByRole('button', { name: 'New run' }).click();
  await page.getByRole('dialog').getByLabel('Group').selectOption(group);
  await page.getByRole('dialog').getByLabel('Reason').fill('team closed');
};

/** Follows a run that cannot end, because GREEN-API fails for one of its instances; another is done. */
export const openEndlessRun = async (
  page: Page,
  { group, failing, done }: { readonly group: string; readonly failing: string; readonly done: string },
): Promise<void> => {
  await setFault(page, failing, 'http-500');
  await openNewRun(page, group);
  await page.getByRole('dialog').getByLabel('Dry run').uncheck();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Log \d/ })
    .click();
  await row(page, done).getByText('logged out').waitFor();
};

const sales = { group: 'sales', failing: '1101000002', done: '1101000001' };

/** Every view and dialog, in the order of `docs/console.md`. */
export const views: readonly View[] = [
  {
    name: 'find',
    open: async (page) => {
      await find(page, 'example');
      await page.getByText('linked').first().waitFor();
      await instanceRow(page, '1101000003').getByRole('checkbox').check();
    },
  },
  {
    name: 'nobody',
    open: async (page) => {
      await page.getByRole('searchbox').fill('jon doe');
      await page.getByRole('button', { name: 'John Doe' }).waitFor();
    },
  },
  { name: 'person', open: (page) => openPerson(page, 'John Doe') },
  { name: 'logout', open: openLogoutDialog },
  {
    name: 'confirmed',
    open: async (page) => {
      await openLogoutDialog(page);
      await page
        .getByRole('dialog')
        .getByRole('button', { name: /^Log out/ })
        .click();
      await page.getByText('Everything of John Doe is logged out.').waitFor();
    },
  },
  {
    name: 'problem',
    open: async (page) => {
      await setFault(page, '1101000002', 'http-401-text');
      await openPerson(page, 'Ann Lee');
      await page.getByRole('button', { name: /^Log out everything/ }).click();
      await page.getByRole('dialog').getByLabel('Reason').fill('left the company');
      await page
        .getByRole('dialog')
        .getByRole('button', { name: /^Log out/ })
        .click();
      await instanceRow(page, '1101000002').getByRole('button', { name: 'Try again' }).waitFor();
    },
  },
  { name: 'new-run', open: (page) => openNewRun(page, 'support') },
  { name: 'run', open: (page) => openEndlessRun(page, sales) },
  {
    name: 'stop-run',
    open: async (page) => {
      await openEndlessRun(page, sales);
      await page.getByRole('button', { name: 'Stop run' }).click();
    },
  },
  {
    name: 'runs',
    open: async (page) => {
      await openNewRun(page, 'support');
      await page
        .getByRole('dialog')
        .getByRole('button', { name: /^Start the drill/ })
        .click();
      await page
        .getByRole('status')
        .getByText(/^Drill over group support/)
        .waitFor();
      await openTable(page, 'Runs');
    },
  },
  { name: 'schedules', open: (page) => openTable(page, 'Schedules') },
  { name: 'faults', open: (page) => openTable(page, 'Emulator faults') },
];

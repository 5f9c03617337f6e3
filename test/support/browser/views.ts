import type { Page } from 'playwright-core';

/** Something a person sees: how to get there from the list of instances of the local service. */
export type View = { readonly name: string; readonly open: (page: Page) => Promise<void> };

const row = (page: Page, idInstance: string) => page.getByRole('row', { name: idInstance });

const openLogoutDialog = async (page: Page): Promise<void> => {
  await row(page, '1101000003').getByRole('button', { name: 'Log out' }).click();
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

const setFault = async (page: Page, idInstance: string, fault: string): Promise<void> => {
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
  await page.getByRole('dialog').getByLabel('Group').fill(group);
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
  await page.getByRole('dialog').getByRole('button', { name: 'Start run' }).click();
  await row(page, done).getByText('logged-out').waitFor();
};

const sales = { group: 'sales', failing: '1101000002', done: '1101000001' };

/** Every view and dialog, in the order of `docs/console.md`. */
export const views: readonly View[] = [
  { name: 'instances', open: (page) => row(page, '1101000001').waitFor() },
  { name: 'logout', open: openLogoutDialog },
  {
    name: 'confirmed',
    open: async (page) => {
      await openLogoutDialog(page);
      await page.getByRole('dialog').getByRole('button', { name: 'Log out' }).click();
      await page.getByRole('dialog').getByText('Logged out, confirmed').waitFor();
    },
  },
  {
    name: 'problem',
    open: async (page) => {
      await setFault(page, '1101000002', 'http-401-text');
      await openView(page, 'Instances');
      await row(page, '1101000002').getByRole('button', { name: 'Log out' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Log out' }).click();
      await page.getByRole('dialog').getByRole('alert').waitFor();
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
  { name: 'runs', open: (page) => openTable(page, 'Runs') },
  { name: 'schedules', open: (page) => openTable(page, 'Schedules') },
  { name: 'faults', open: (page) => openTable(page, 'Emulator faults') },
];

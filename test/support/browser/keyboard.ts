import type { Locator } from 'playwright-core';

const longestWay = 200;

const focused = (target: Locator): Locator => target.and(target.page().locator(':focus'));

export const isFocused = async (target: Locator): Promise<boolean> => (await focused(target).count()) === 1;

export const untilFocused = (target: Locator): Promise<void> => focused(target).waitFor();

/** Presses a key until the focus is on the element. @throws if it never gets there */
export const pressUntilFocused = async (key: string, target: Locator): Promise<void> => {
  for (let presses = 0; presses < longestWay; presses += 1) {
    if (await isFocused(target)) return;
    await target.page().keyboard.press(key);
  }
  throw new Error(`${longestWay} times ${key} did not reach ${target}`);
};

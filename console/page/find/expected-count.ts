const key = 'green-api-logout-count';

/** How many instances the list had when this browser read it last; 0: it never did. */
export const expectedCount = (): number => {
  try {
    return Number(localStorage.getItem(key)) || 0;
  } catch {
    return 0;
  }
};

export const rememberCount = (count: number): void => {
  try {
    localStorage.setItem(key, String(count));
  } catch {
    // A browser may keep nothing.
  }
};

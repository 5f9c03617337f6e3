import { parseInstanceId } from '../../../functions/green-api/instance-id.ts';
import type { InstancePage, ListedInstance, ListProblem } from '../../../functions/instances/directory.ts';
import { createReadOwners } from '../../../functions/instances/read-owners.ts';

const instance = (id: number, owner?: string): ListedInstance => {
  const idInstance = parseInstanceId(String(id));
  if (idInstance === undefined) throw new Error('the test needs the id of an instance');
  return { idInstance, protected: false, ...(owner !== undefined && { owner }) };
};

/** A list of pages, and a clock that the test sets. */
const startReading = (pages: readonly (readonly ListedInstance[])[], problem?: ListProblem, pageMs = 0) => {
  let now = 0;
  let failing = problem;
  const reads: (string | undefined)[] = [];
  const { readOwners, lastOwners } = createReadOwners(
    async (next): Promise<InstancePage | ListProblem> => {
      reads.push(next);
      if (pageMs > 0) await new Promise((resolve) => setTimeout(resolve, pageMs));
      if (failing !== undefined) return failing;
      const page = Number(next ?? 0);
      return {
        kind: 'page',
        unreadable: [],
        instances: pages[page] ?? [],
        ...(page + 1 < pages.length && { next: String(page + 1) }),
      };
    },
    () => now,
  );
  return {
    readOwners,
    lastOwners,
    reads,
    recover: () => {
      failing = undefined;
    },
    fail: (other: ListProblem) => {
      failing = other;
    },
    pass: (ms: number) => {
      now += ms;
    },
  };
};

test('reads every page, and each owner tag once', async () => {
  const { readOwners } = startReading([
    [instance(1, 'ann@example.com 00uAnn'), instance(2), instance(3, 'ann@example.com 00uAnn')],
    [],
    [instance(4, '  bob@example.com  '), instance(5, ' ')],
  ]);

  expect(await readOwners()).toEqual({
    kind: 'owners',
    owners: [['ann@example.com', '00uAnn'], ['bob@example.com']],
  });
});

test('concurrent calls share one reading, which is kept for a minute', async () => {
  const { readOwners, reads, pass } = startReading([[instance(1, 'ann@example.com')]]);

  await Promise.all([readOwners(), readOwners(), readOwners()]);
  pass(59_999);
  await readOwners();
  expect(reads).toHaveLength(1);
  pass(1);
  await readOwners();
  expect(reads).toHaveLength(2);
});

test('a failure is kept for two seconds only', async () => {
  const { readOwners, recover, reads, pass } = startReading([[instance(1, 'ann@example.com')]], {
    kind: 'unavailable',
    detail: 'Secrets Manager: ThrottlingException',
  });

  expect(await readOwners()).toMatchObject({ kind: 'unavailable' });
  recover();
  expect(await readOwners()).toMatchObject({ kind: 'unavailable' });
  expect(reads).toHaveLength(1);
  pass(2_000);
  expect(await readOwners()).toMatchObject({ kind: 'owners' });
});

describe('the last owners', () => {
  const ann = { kind: 'owners', owners: [['ann@example.com']] };

  afterEach(() => void jest.useRealTimers());

  test('are the last finished reading, however old, while a new one is under way', async () => {
    jest.useFakeTimers();
    const { lastOwners, reads, pass } = startReading([[instance(1, 'ann@example.com')]], undefined, 60);
    const first = lastOwners(1_000);
    await jest.advanceTimersByTimeAsync(60);
    expect(await first).toEqual(ann);

    pass(24 * 3_600_000);

    // No timer has moved since, so nothing has been waited for.
    expect(await lastOwners(24 * 3_600_000)).toEqual(ann);
    expect(reads).toHaveLength(2);
  });

  test('outlive a reading that fails', async () => {
    const { lastOwners, readOwners, fail, pass } = startReading([[instance(1, 'ann@example.com')]]);
    await readOwners();
    fail({ kind: 'unavailable', detail: 'Secrets Manager: ThrottlingException' });
    pass(60_000);

    expect(await readOwners()).toMatchObject({ kind: 'unavailable' });
    expect(await lastOwners(0)).toEqual(ann);
  });

  test('are unknown if the first reading takes longer than the client waits, or fails', async () => {
    jest.useFakeTimers();
    const slow = startReading([[instance(1, 'ann@example.com')]], undefined, 60);
    const answered = jest.fn();
    void slow.lastOwners(59).then(answered);
    await jest.advanceTimersByTimeAsync(59);

    expect(answered).toHaveBeenCalledWith(undefined);
    const failing = startReading([], { kind: 'list-denied', detail: 'allow secretsmanager:ListSecrets' });
    expect(await failing.lastOwners(1_000)).toBeUndefined();
  });
});

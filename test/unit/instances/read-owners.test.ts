import { parseInstanceId } from '../../../functions/green-api/instance-id.ts';
import type { InstancePage, ListedInstance, ListProblem } from '../../../functions/instances/directory.ts';
import { createReadOwners } from '../../../functions/instances/read-owners.ts';

const instance = (id: number, owner?: string): ListedInstance => {
  const idInstance = parseInstanceId(String(id));
  if (idInstance === undefined) throw new Error('the test needs the id of an instance');
  return { idInstance, protected: false, ...(owner !== undefined && { owner }) };
};

/** A list of pages, and a clock that the test sets. */
const startReading = (pages: readonly (readonly ListedInstance[])[], problem?: ListProblem) => {
  let now = 0;
  let failing = problem;
  const reads: (string | undefined)[] = [];
  const readOwners = createReadOwners({
    listInstances: async (next): Promise<InstancePage | ListProblem> => {
      reads.push(next);
      if (failing !== undefined) return failing;
      const page = Number(next ?? 0);
      return {
        kind: 'page',
        unreadable: [],
        instances: pages[page] ?? [],
        ...(page + 1 < pages.length && { next: String(page + 1) }),
      };
    },
    now: () => now,
  });
  return {
    readOwners,
    reads,
    recover: () => {
      failing = undefined;
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

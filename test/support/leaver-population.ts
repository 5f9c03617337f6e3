/** A deterministic generator of numbers from 0 up to, but without, 1 (mulberry32). */
const randomFrom = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
};

const hourMs = 3_600_000;
const start = Date.parse('2026-11-01T00:00:00.000Z');

type Tags = { readonly owner?: string; readonly protected?: boolean };

/** A line as the functions write it: a record, the end of a run, or one of `instance skipped` and `logout sent`. */
export type PopulationLine = {
  readonly message: 'evidence' | 'run' | 'instance skipped' | 'logout sent';
  readonly timestamp: string;
  readonly idInstance?: string;
  readonly function?: 'logout' | 'run' | 'watch';
  readonly requestedAt?: string;
  readonly confirmedAt?: string;
  readonly readings?: readonly { readonly at: string; readonly stateInstance?: string }[];
  readonly outcome?: { readonly kind: string; readonly confirmed?: boolean; readonly stateInstance?: string };
  /** Only the id in a line that is no record. */
  readonly run?:
    | string
    | {
        readonly id: string;
        readonly source?: string;
        readonly tags?: Tags;
        readonly linkedAgain?: true;
        readonly stoppedBy?: string;
      };
  readonly tags?: Tags;
  readonly skipReason?: string;
  readonly id?: string;
  readonly target?: Tags | { readonly all: true };
  readonly status?: string;
  readonly dryRun?: boolean;
  readonly startedAt?: string;
  readonly endedAt?: string;
  readonly progress?: Readonly<Record<'total' | 'loggedOut' | 'skipped' | 'failed' | 'pending' | 'ready', number>>;
  readonly note?: string;
  readonly failure?: string;
};

export type PopulationLeaver = {
  readonly line: number;
  readonly identities: readonly string[];
  readonly leftAt: number;
};

export type Population = {
  readonly lines: readonly PopulationLine[];
  readonly leavers: readonly PopulationLeaver[];
  readonly owned: readonly { readonly idInstance: string; readonly owner?: string; readonly protected: boolean }[];
};

/**
 * People, their instances, and lines of evidence about them, in any order: several instances and identities, other spellings,
 * people who leave twice, stopped and repeated runs, second looks, watches, skipped instances, single logouts, lost records.
 */
export const randomPopulation = (seed: number): Population => {
  const random = randomFrom(seed);
  const below = (count: number) => Math.floor(random() * count);
  const chance = (share: number) => random() < share;
  const pick = <Value>(values: readonly Value[]): Value => values[below(values.length)] as Value;
  let ticks = 0;
  /** No two instants are the same. */
  const instant = (from = 0) => {
    ticks += 10;
    return from - (from % hourMs) + below(120) * hourMs + ticks;
  };
  const iso = (ms: number) => new Date(ms).toISOString();

  const people = Array.from({ length: 1 + below(4) }, (_, index) => [`p${index}@example.com`, `00u${index}`]);
  const owners = [
    ...people.flatMap(([mail = '', id = '']) => [mail, id, `${mail} ${id}`, mail.toUpperCase()]),
    'p0@example.com p1@example.com',
    'nobody@example.com',
  ];
  const ids = Array.from({ length: 1 + below(5) }, (_, index) => `11010000${index}`);
  const runs = Array.from({ length: 1 + below(5) }, (_, index) => ({
    id: `offboarding-${index}`,
    startedAt: instant(start),
  }));

  const tags = () => (chance(0.9) ? { tags: { owner: pick(owners), protected: false } } : {});
  const logout = (): PopulationLine => {
    const run = chance(0.75) ? pick(runs) : undefined;
    const requestedAt = run?.startedAt ?? instant(start);
    const at = instant(requestedAt);
    const confirmed = chance(0.6);
    return {
      message: 'evidence',
      timestamp: iso(at + 1),
      idInstance: pick(ids),
      function: run ? 'run' : 'logout',
      requestedAt: iso(requestedAt),
      ...(confirmed && { confirmedAt: iso(at) }),
      readings: chance(0.8) ? [{ at: iso(at), stateInstance: 'notAuthorized' }] : [],
      outcome: { kind: confirmed ? 'logged-out' : 'unconfirmed', confirmed },
      ...(run && {
        run: {
          id: run.id,
          source: 'offboarding',
          ...tags(),
          ...(chance(0.2) && { linkedAgain: true as const }),
          ...(!confirmed && chance(0.3) && { stoppedBy: 'somebody' }),
        },
      }),
    };
  };
  const linkedAgain = (): PopulationLine => {
    const at = instant(start);
    return {
      message: 'evidence',
      timestamp: iso(at + 1),
      idInstance: pick(ids),
      function: 'watch',
      requestedAt: iso(start),
      readings: [{ at: iso(at - 1) }, { at: iso(at) }],
      outcome: { kind: 'linked-again', stateInstance: 'authorized' },
      run: { id: pick(runs).id, ...tags() },
    };
  };
  const skipped = (): PopulationLine => ({
    message: 'instance skipped',
    timestamp: iso(instant(start)),
    run: pick(runs).id,
    idInstance: pick(ids),
    skipReason: pick(['protected', 'protected', 'tag-changed', 'excepted', 'not-found']),
    ...tags(),
  });
  const sent = (): PopulationLine => ({
    message: 'logout sent',
    timestamp: iso(instant(start)),
    run: pick(runs).id,
    idInstance: pick(ids),
    ...tags(),
  });
  const end = (): PopulationLine => {
    const run = pick(runs);
    const total = below(3);
    const loggedOut = chance(0.3) ? Math.min(total, 1) : 0;
    const endedAt = iso(instant(run.startedAt));
    return {
      message: 'run',
      timestamp: endedAt,
      id: run.id,
      target: chance(0.9) ? { owner: pick(owners) } : { all: true },
      status: total === 0 && chance(0.8) ? 'SUCCEEDED' : pick(['SUCCEEDED', 'FAILED', 'STOPPED']),
      dryRun: chance(0.1),
      startedAt: iso(run.startedAt),
      endedAt,
      progress: { total, loggedOut, skipped: below(2), failed: 0, pending: 0, ready: 0 },
      ...(chance(0.3) && { note: '1 instance is protected, so the run did not log it out' }),
      ...(chance(0.2) && { failure: pick(['NobodyLoggedOut', 'UnreadableSecret']) }),
    };
  };

  const kinds = chance(0.2) ? [end] : [logout, logout, logout, logout, linkedAgain, skipped, sent, end];
  const made = Array.from({ length: below(14) }, () => pick(kinds)());
  const lines = [...made, ...made.filter(() => chance(0.15))].sort(() => random() - 0.5);
  const leavers = Array.from({ length: 1 + below(4) }, (_, index) => {
    const [mail = '', id = ''] = pick(people);
    return {
      line: index + 2,
      identities: pick([[mail], [id], [mail, id], [mail.toUpperCase()]]),
      leftAt: instant(start),
    };
  });
  const owned = chance(0.5)
    ? ids.flatMap((idInstance) => (chance(0.7) ? [{ idInstance, owner: pick(owners), protected: chance(0.3) }] : []))
    : [];
  return { lines, leavers, owned };
};

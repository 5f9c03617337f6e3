import type { Population, PopulationLeaver, PopulationLine } from './leaver-population.ts';

// Slow and obvious on purpose: every question walks through every line. It shares no code with the report.

type Line = PopulationLine;

const ms = (text: string | undefined) => (text === undefined ? Number.NaN : Date.parse(text));

/** An id keeps its case; an e-mail address has none. */
const words = (text: string | undefined): readonly string[] =>
  (text ?? '').split(' ').map((word) => (word.includes('@') ? word.toLowerCase() : word));

const shares = (a: readonly string[], b: readonly string[]) => a.some((word) => word !== '' && b.includes(word));

const isWatch = (line: Line) => line.outcome?.kind === 'linked-again';
const isLogout = (line: Line) => line.message === 'evidence' && !isWatch(line);
const isProof = (line: Line) => isLogout(line) && line.outcome?.confirmed === true && line.confirmedAt !== undefined;

/** When it happened: the confirmation, the last reading of a watch, else the last time in the line. */
const timeOf = (line: Line): number => {
  if (line.message === 'run') return ms(line.endedAt);
  if (line.message !== 'evidence') return ms(line.timestamp);
  if (isWatch(line)) return ms(line.readings?.[1]?.at);
  return isProof(line) ? ms(line.confirmedAt) : ms(line.timestamp);
};

const runOf = (line: Line): string | undefined => (typeof line.run === 'string' ? line.run : (line.run?.id ?? line.id));

const tagsOf = ({ run, tags }: Line) => (typeof run === 'object' ? run.tags : tags);
const ownTag = (line: Line): string | undefined => tagsOf(line)?.owner;
const isSecond = ({ run }: Line): boolean => typeof run === 'object' && run.linkedAgain === true;
const aimedAt = ({ target }: Line): string | undefined => (target && 'owner' in target ? target.owner : undefined);
const countIn = ({ progress }: Line, kind: 'total' | 'loggedOut' | 'skipped'): number => progress?.[kind] ?? 0;

const ownerOf = (line: Line, { lines, owned }: Population): string | undefined => {
  if (ownTag(line) !== undefined) return ownTag(line);
  const same = lines.filter(
    (other) => other.message !== 'run' && other.idInstance === line.idInstance && ownTag(other),
  );
  const before = same.filter((other) => timeOf(other) < timeOf(line)).sort((a, b) => timeOf(b) - timeOf(a))[0];
  const after = same.filter((other) => timeOf(other) > timeOf(line)).sort((a, b) => timeOf(a) - timeOf(b))[0];
  if (before) return ownTag(before);
  if (after) return ownTag(after);
  return owned.find((instance) => instance.idInstance === line.idInstance)?.owner;
};

export const oracleIncomplete = ({ lines }: Population): readonly string[] => {
  const all = [...new Set(lines.map(runOf))].filter((run) => run !== undefined);
  return all
    .filter((run) => {
      const records = lines.filter((line) => isLogout(line) && runOf(line) === run);
      const lost = lines.some(
        (line) =>
          line.message === 'logout sent' &&
          line.run === run &&
          !records.some((record) => record.idInstance === line.idInstance),
      );
      const end = lines.find((line) => line.message === 'run' && line.id === run && !line.dryRun);
      const proved = new Set(records.filter(isProof).map((record) => record.idInstance)).size;
      return lost || (end !== undefined && proved < countIn(end, 'loggedOut'));
    })
    .sort();
};

const judgeInstance = (mine: readonly Line[], leftAt: number, withinMs: number) => {
  const standing = mine.filter(isProof).filter((proof: Line) => {
    const linkedLater = mine.some((line) => isWatch(line) && timeOf(line) >= timeOf(proof));
    const secondOfSameRun = mine.some(
      (line: Line) => isLogout(line) && isSecond(line) && runOf(line) === runOf(proof) && !isSecond(proof),
    );
    const secondOfOtherRun = mine.some(
      (line: Line) => isLogout(line) && isSecond(line) && runOf(line) !== runOf(proof) && timeOf(line) > timeOf(proof),
    );
    return !linkedLater && !secondOfSameRun && !secondOfOtherRun;
  });
  if (standing.length > 0) {
    const first = Math.min(...standing.map(timeOf));
    return { verdict: first - leftAt <= withinMs ? 'in time' : 'late', at: first };
  }
  if (mine.some((line: Line) => isWatch(line) || (isLogout(line) && isSecond(line))))
    return { verdict: 'linked again' };
  const newest = [...mine].sort((a, b) => timeOf(b) - timeOf(a))[0];
  const isProtected =
    !mine.some(isLogout) && newest?.message === 'instance skipped' && newest?.skipReason === 'protected';
  return { verdict: isProtected ? 'protected' : 'not proved' };
};

/** The run did not see every instance. */
const isBlind = (end: Line | undefined): boolean =>
  end?.failure === 'UnreadableSecret' ||
  (end !== undefined && end.status !== 'SUCCEEDED' && countIn(end, 'total') === 0);

export type OracleRow = {
  readonly verdict: string;
  readonly instances: readonly string[];
  readonly lastConfirmedAt: number | undefined;
  readonly reportedAt: number | undefined;
  readonly incompleteRuns: readonly string[];
};

const worst = ['linked again', 'not proved', 'protected', 'late', 'in time'];

export const oracleRow = (population: Population, leaver: PopulationLeaver, withinMs: number): OracleRow => {
  const { lines, leavers, owned } = population;
  const person = words(leaver.identities.join(' '));
  const next = Math.min(
    ...leavers
      .filter((other) => other.leftAt > leaver.leftAt && shares(person, words(other.identities.join(' '))))
      .map((other) => other.leftAt),
    Number.POSITIVE_INFINITY,
  );
  const isNow = (line: Line) => timeOf(line) >= leaver.leftAt && timeOf(line) < next;
  const mine = lines.filter(
    (line) =>
      line.message !== 'run' &&
      line.skipReason !== 'tag-changed' &&
      isNow(line) &&
      shares(person, words(ownerOf(line, population))),
  );
  const ends: readonly Line[] = lines
    .filter((line: Line) => line.message === 'run' && !line.dryRun && isNow(line))
    .filter((line: Line) => shares(person, words(aimedAt(line))))
    .sort((a, b) => timeOf(a) - timeOf(b));
  const today =
    next === Number.POSITIVE_INFINITY ? owned.filter((instance) => shares(person, words(instance.owner))) : [];

  const ids = [
    ...new Set([...mine.map((line) => line.idInstance ?? ''), ...today.map((one) => one.idInstance)]),
  ].sort();
  const judged: readonly { verdict: string; at?: number }[] = ids.map((id) => {
    const own = mine.filter((line) => line.idInstance === id);
    if (own.length > 0) return judgeInstance(own, leaver.leftAt, withinMs);
    return { verdict: today.find((one) => one.idInstance === id)?.protected ? 'protected' : 'not proved' };
  });
  const newestEnd = ends.at(-1);
  const left =
    newestEnd !== undefined &&
    countIn(newestEnd, 'skipped') > 0 &&
    (newestEnd.failure === 'NobodyLoggedOut' || newestEnd.note !== undefined);

  const found = judged.map((one) => one.verdict);
  const lost = ends.some((end) => oracleIncomplete(population).includes(end.id ?? ''));
  if (ids.length > 0 && lost) found.push('not proved');
  const touched = ids.filter((id) =>
    mine.some((line) => line.idInstance === id && line.message !== 'instance skipped'),
  );
  const missed = ends.some((end) => countIn(end, 'total') - countIn(end, 'skipped') > touched.length);
  if (ids.length > 0 && (missed || isBlind(newestEnd))) found.push('not proved');
  else if (ids.length > 0 && left) found.push('protected');
  const ofRuns = () => {
    if (ends.length === 0) return 'not known';
    if (ends.every((end) => end.status === 'SUCCEEDED' && countIn(end, 'total') === 0)) return 'no instance';
    return left ? 'protected' : 'not proved';
  };
  const confirmedAt = judged.flatMap((one) => one.at ?? []);
  const reported = [
    ...mine.filter(isLogout).map((line: Line) => ms(line.requestedAt)),
    ...ends.map((end) => ms(end.startedAt)),
  ];
  return {
    verdict: ids.length > 0 ? (worst.find((verdict) => found.includes(verdict)) ?? '') : ofRuns(),
    instances: ids,
    lastConfirmedAt: confirmedAt.length > 0 ? Math.max(...confirmedAt) : undefined,
    reportedAt: reported.length > 0 ? Math.min(...reported) : undefined,
    incompleteRuns: oracleIncomplete(population).filter((run) =>
      [...mine, ...ends].some((line) => runOf(line) === run),
    ),
  };
};

import { nextPoll } from '../../../functions/watch/poll-schedule.ts';
import { readPage } from '../../support/markdown.ts';

const dayMs = 24 * 60 * 60 * 1_000;

/** The seconds between the polls of a watch that sees nothing, by the time since its start. */
const pollsOf = (days: number) => {
  const polls: { readonly elapsedMs: number; readonly seconds: number }[] = [];
  for (let [elapsedMs, used] = [0, 1]; ; used += 2) {
    const leftMs = days * dayMs - elapsedMs;
    const next = nextPoll({ elapsedMs, leftMs, used, isSuspicious: false, rechecks: 0 });
    if (next === undefined) return polls;
    polls.push({ elapsedMs, seconds: next.seconds });
    elapsedMs += next.seconds * 1_000;
  }
};

test('a watch of 30 days polls as often as the documentation says', () => {
  const polls = pollsOf(30);

  const minutesWhen = (isIt: (elapsedMs: number) => boolean) =>
    new Set(polls.filter(({ elapsedMs }) => isIt(elapsedMs)).map(({ seconds }) => Math.round(seconds / 60)));
  expect(minutesWhen((elapsedMs) => elapsedMs < dayMs)).toEqual(new Set([15]));
  const [minutes, ...others] = minutesWhen((elapsedMs) => elapsedMs >= dayMs);
  expect(others).toEqual([]);
  expect(readPage('docs/runs.md').replace(/\s+/g, ' ')).toContain(`every ${minutes} minutes in a watch of 30 days`);
});

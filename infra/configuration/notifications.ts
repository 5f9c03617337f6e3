import { outcomeDetailTypes, outcomeSource, runEndedDetailType } from '../../functions/logout/evidence.ts';
import { linkedAgainDetailType } from '../../functions/watch/watch-evidence.ts';

/** A part of an event pattern. */
type Pattern = Readonly<Record<string, unknown>>;

const byLogoutFunction = { function: ['logout'] };
const ended = (detail: Pattern) => ({ 'detail-type': [runEndedDetailType], detail });
const succeeded = { status: ['SUCCEEDED'] };

/** What people can be notified of: alternatives of which no two match the same event. */
const patterns = {
  /** Runs that logged somebody out, failed or were stopped, drills among the last two. */
  runs: [
    ended({ status: ['FAILED', 'STOPPED'] }),
    ended({ ...succeeded, dryRun: [false], progress: { loggedOut: [{ 'anything-but': [0] }] } }),
  ],
  /** Logouts of single instances; those of a run are in its end. */
  'failed-logouts': [{ 'detail-type': [outcomeDetailTypes.failed], detail: byLogoutFunction }],
  'linked-again': [{ 'detail-type': [linkedAgainDetailType] }],
  logouts: [{ 'detail-type': [outcomeDetailTypes.loggedOut], detail: byLogoutFunction }],
  /** Runs that succeeded and had nobody to log out. */
  'idle-runs': [ended({ ...succeeded, dryRun: [false], progress: { loggedOut: [0] } })],
  drills: [ended({ ...succeeded, dryRun: [true] })],
} as const satisfies Record<string, readonly Pattern[]>;

type NotificationEvent = keyof typeof patterns;

export const notificationEventNames = Object.keys(patterns) as readonly NotificationEvent[];

export const defaultNotificationEvents: readonly NotificationEvent[] = ['runs', 'failed-logouts', 'linked-again'];

export const notificationFormats = ['text', 'chat'] as const;

type Destination = {
  readonly topic: string;
  readonly events: readonly NotificationEvent[];
  readonly format: (typeof notificationFormats)[number];
};

const templates: Readonly<Record<Destination['format'], (deployment: string) => string>> = {
  text: () => '"<text>"',
  /** A custom notification of Amazon Q Developer in chat applications: https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html */
  chat: (deployment) =>
    `{"version":"1.0","source":"custom","content":{"textType":"client-markdown","title":"GREEN-API logout (${deployment})","description":<text>}}`,
};

const patternOf = (events: readonly NotificationEvent[]): Pattern => {
  const alternatives: readonly Pattern[] = notificationEventNames
    .filter((name) => events.includes(name))
    .flatMap((name): readonly Pattern[] => patterns[name]);
  // EventBridge takes `$or` only with two alternatives or more.
  return { source: [outcomeSource], ...(alternatives.length > 1 ? { $or: alternatives } : alternatives[0]) };
};

/** The rules on the deployment's bus, on AWS and in the local service: one for each destination, so that each gets an event once. */
export const notificationRules = (deployment: string, destinations: readonly Destination[]) =>
  destinations.map(({ topic, events, format }) => ({
    topic,
    pattern: patternOf(events),
    // As PutTargets takes it. No sentence has a character that would need an escape.
    transformer: { InputPathsMap: { text: '$.detail.text' }, InputTemplate: templates[format](deployment) },
  }));

import * as v from 'valibot';
import type { IsDisabled } from '../../functions/offboarding/user-status.ts';
import { createOffboardingHandler } from '../../functions/offboarding.ts';
import type { FindRun } from '../../functions/runs/lambda/find-run.ts';
import type { RunStart, StartRun } from '../../functions/runs/lambda/start-run.ts';
import { stableJson } from '../../functions/runs/lambda/start-run.ts';
import { type RunRequest, runRequestSchema } from '../../functions/runs/request.ts';
import { contextOf } from './http-event.ts';

export type FunctionOptions = {
  /** When the event arrives. @default five seconds after the custom sample happened */
  readonly now?: string;
  /** What becomes of a start, if it is not what Lambda does with names and payloads. */
  readonly fail?: (request: RunRequest) => RunStart | undefined;
  /** What the directory says of a user. @default disabled */
  readonly isDisabled?: IsDisabled;
  /** What Lambda says of a run. @default it has just started, if it was */
  readonly findRun?: FindRun;
  /** Most instances of one leaver, as configured. */
  readonly maxTargets?: number;
  /** Days to watch, as configured for each source. */
  readonly watchDays?: Readonly<Record<string, number>>;
  /** @default false */
  readonly nativeEvents?: boolean;
};

/** The function, before a Lambda that keeps one payload for each name. */
export const createOffboarding = ({
  now: start = '2026-11-20T17:00:05Z',
  fail = () => undefined,
  isDisabled = async () => true,
  findRun,
  maxTargets,
  watchDays = {},
  nativeEvents = false,
}: FunctionOptions = {}) => {
  let now = Date.parse(start);
  const payloads = new Map<string, string>();
  const lines: string[] = [];
  const startRun: StartRun = async (id, request) => {
    const payload = stableJson(request);
    const failure = fail(request);
    if (failure) return failure;
    if ((payloads.get(id) ?? payload) !== payload) return { kind: 'other-payload', id };
    payloads.set(id, payload);
    return { kind: 'started', id };
  };
  const handler = createOffboardingHandler({
    startRun,
    findRun:
      findRun ??
      (async (arn) =>
        payloads.has(arn)
          ? { kind: 'found', arn, status: 'RUNNING', startedAt: new Date(now), endedAt: undefined }
          : { kind: 'unknown-run' }),
    isDisabled,
    nativeEvents,
    stack: 'green-api-logout',
    limits: { executionTimeoutMs: 30 * 24 * 60 * 60 * 1_000, maxTargetsCeiling: 500, maxTargets },
    watchDays,
    now: () => new Date(now),
    log: (level, message, fields) => lines.push(JSON.stringify({ level, message, ...fields })),
  });
  return {
    /** By name, each as the bytes that were sent. */
    payloads,
    requests: () => [...payloads.values()].map((payload) => v.parse(runRequestSchema, JSON.parse(payload))),
    lines,
    /** Moves the clock, in milliseconds. */
    wait: (ms: number): void => {
      now += ms;
    },
    put: async (event: unknown) => handler(event, contextOf()),
  };
};

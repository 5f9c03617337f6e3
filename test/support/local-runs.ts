import { setTimeout as sleep } from 'node:timers/promises';
import type { startLocalService } from './local-service.ts';

export type LocalService = Awaited<ReturnType<typeof startLocalService>>;

type Run = {
  readonly status: string;
  readonly phase?: string;
  readonly progress: Readonly<Record<string, number>>;
  readonly outcomes: readonly Readonly<Record<string, unknown>>[];
};

const parseRun = async (response: Response): Promise<Run> => (await response.json()) as Run;

const readRun = async ({ url }: LocalService, id: string): Promise<Run> =>
  parseRun(await fetch(`${url}/forced-logouts/${id}`));

/** Asks until the run has ended. */
export const untilEnded = async (service: LocalService, id: string): Promise<Run> => {
  for (;;) {
    const run = await readRun(service, id);
    if (run.status !== 'RUNNING') return run;
    await sleep(500);
  }
};

/** A run from an offboarding has logged out what it found, and waits to look again. */
export const untilLoggedOut = async (service: LocalService, id: string): Promise<Run> => {
  for (;;) {
    const run = await readRun(service, id);
    if (run.status !== 'RUNNING' || (run.phase === 'waiting-for-tags' && run.progress.pending === 0)) return run;
    await sleep(1_000);
  }
};

export const startRun = async ({ url }: LocalService, request: object, headers: Record<string, string> = {}) => {
  const response = await fetch(`${url}/forced-logouts`, { method: 'POST', headers, body: JSON.stringify(request) });
  const body = (await response.json()) as { readonly id: string; readonly code?: string };
  return { http: response.status, location: response.headers.get('location'), ...body };
};

/** What the service has logged with this message so far: what a call has led to may be here later than its answer. */
export const recordsIn = (service: LocalService, message: string) =>
  service
    .output()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))
    .filter((record) => record.message === message);

/** The records with this message for which `isMeant` holds, as soon as there are so many. */
export const untilRecorded = async (
  service: LocalService,
  message: string,
  isMeant: (record: ReturnType<typeof recordsIn>[number]) => boolean,
  count = 1,
) => {
  for (;;) {
    const records = recordsIn(service, message).filter(isMeant);
    if (records.length >= count) return records;
    await sleep(50);
  }
};

import { useRef, useState } from 'preact/hooks';
import type { AcceptedRun } from '../../../client/answers.ts';
import type { Failure, Result } from '../../../client/result.ts';
import type { RetryChoice } from '../../../functions/runs/request.ts';
import { api } from '../api.ts';
import { useAnnounce } from '../components/announcer.tsx';
import { rememberReason } from '../instances/recent-reasons.ts';
import { describeTarget } from './describe-target.ts';
import type { RunRequest } from './run-draft.ts';

/** Starts runs and goes to their page. The same request sent twice has the same key, so that it starts one run only. */
export const useStartRun = (onStarted: () => void = () => {}) => {
  const [problem, setProblem] = useState<Failure>();
  const sent = useRef({ body: '', key: '' });
  const announce = useAnnounce();

  const send = async (
    body: { readonly reason: string },
    what: string,
    call: (key: string) => Promise<Result<AcceptedRun>>,
  ): Promise<void> => {
    const text = JSON.stringify(body);
    if (sent.current.body !== text) sent.current = { body: text, key: crypto.randomUUID() };
    setProblem(undefined);
    announce('');
    const result = await call(sent.current.key);
    if (result.kind !== 'ok') return setProblem(result);
    rememberReason(body.reason);
    onStarted();
    location.hash = `#/runs/${result.value.id}`;
    announce(`Run ${result.value.id} started for ${what}`);
  };

  return {
    problem,
    start: (request: RunRequest) => send(request, describeTarget(request.target), (key) => api.startRun(request, key)),
    /** Starts a run over what an earlier one did not confirm. */
    retry: (id: string, choice: RetryChoice & { readonly reason: string }, what: string) =>
      send(choice, what, (key) => api.retryRun(id, choice, key)),
  };
};

import { useRef } from 'preact/hooks';
import type { AcceptedRun } from '../../../client/answers.ts';
import type { Result } from '../../../client/result.ts';
import type { RetryChoice } from '../../../functions/runs/request.ts';
import { api } from '../api.ts';
import { useAct } from '../components/use-act.ts';
import { rememberReason } from '../kept.ts';
import { describeTarget } from './describe-run.ts';
import type { RunRequest } from './run-draft.ts';

type Call = (key: string) => Promise<Result<AcceptedRun>>;

/** Starts runs and goes to their page. The same request sent twice has the same key, so that it starts one run only. */
export const useStartRun = () => {
  const sent = useRef({ body: '', key: '' });
  const { problem, act } = useAct();

  const send = (body: { readonly reason: string }, what: string, call: Call): Promise<boolean> => {
    const text = JSON.stringify(body);
    if (sent.current.body !== text) sent.current = { body: text, key: crypto.randomUUID() };
    return act(call(sent.current.key), ({ id }) => {
      rememberReason(body.reason);
      location.hash = `#/runs/${id}`;
      return `Run ${id} started for ${what}`;
    });
  };

  return {
    problem,
    start: (request: RunRequest) => send(request, describeTarget(request.target), (key) => api.startRun(request, key)),
    /** Starts a run over what an earlier one did not confirm. */
    retry: (id: string, choice: RetryChoice & { readonly reason: string }, what: string) =>
      send(choice, what, (key) => api.retryRun(id, choice, key)),
  };
};

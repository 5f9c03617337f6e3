import { useRef, useState } from 'preact/hooks';
import type { Failure } from '../../../client/result.ts';
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

  const start = async (request: RunRequest): Promise<void> => {
    const body = JSON.stringify(request);
    if (sent.current.body !== body) sent.current = { body, key: crypto.randomUUID() };
    setProblem(undefined);
    announce('');
    const result = await api.startRun(request, sent.current.key);
    if (result.kind !== 'ok') return setProblem(result);
    rememberReason(request.reason);
    onStarted();
    location.hash = `#/runs/${result.value.id}`;
    announce(`Run ${result.value.id} started for ${describeTarget(request.target)}`);
  };
  return { problem, start };
};

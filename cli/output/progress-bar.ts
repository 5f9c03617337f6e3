import type { Run } from '../api/runs.ts';
import type { Terminal } from '../terminal.ts';
import { describePhase, describeProgress } from './describe-run.ts';

/** Shows how a run gets on. */
export type ProgressDisplay = { readonly show: (run: Run) => void; readonly end: () => void };

/** A line whenever something has changed: for logs and pipes. */
const progressLines = ({ stderr }: Terminal): ProgressDisplay => {
  let last = '';
  return {
    show: (run) => {
      const line = [describeProgress(run.progress), describePhase(run)].filter(Boolean).join('; ');
      if (line !== last) stderr.write(`${line}\n`);
      last = line;
    },
    end: () => {},
  };
};

/** A bar on a terminal, lines elsewhere. */
export const createProgressDisplay = async (terminal: Terminal): Promise<ProgressDisplay> => {
  if (!terminal.stdout.isTTY || !terminal.stderr.isTTY) return progressLines(terminal);
  const { SingleBar, Presets } = await import('cli-progress');
  const format = '{bar} {done}/{total}  {text}';
  const bar = new SingleBar(
    { format, stream: terminal.stderr, hideCursor: true, gracefulExit: false },
    Presets.shades_classic,
  );
  bar.start(1, 0, { done: 0, text: 'starting' });
  return {
    show: (run) => {
      const { total, pending } = run.progress;
      bar.setTotal(Math.max(total, 1));
      const text = [describeProgress(run.progress), describePhase(run)].filter(Boolean).join('; ');
      bar.update(total - pending, { done: total - pending, text });
    },
    end: () => bar.stop(),
  };
};

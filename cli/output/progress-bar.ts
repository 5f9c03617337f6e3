import type { Terminal } from '../terminal.ts';

/** Shows how far something is. */
export type Progress = {
  readonly show: (done: number, total: number, text: string) => void;
  /** Shows a text, and leaves the rest as it is. */
  readonly note: (text: string) => void;
  readonly end: () => void;
};

/** A line whenever something has changed: for logs and pipes. */
const progressLines = ({ stderr }: Terminal): Progress => {
  let last = '';
  const note = (text: string) => {
    if (text !== last) stderr.write(`${text}\n`);
    last = text;
  };
  return {
    show: (_done, _total, text) => note(text),
    note,
    end: () => {},
  };
};

/** A bar on a terminal, lines elsewhere. */
export const createBar = async (terminal: Terminal): Promise<Progress> => {
  if (!terminal.stdout.isTTY || !terminal.stderr.isTTY) return progressLines(terminal);
  // CommonJS: bundled, it has a default export only.
  const { SingleBar, Presets } = (await import('cli-progress')).default;
  const format = '{bar} {done}/{of}  {text}';
  // Narrow, so that the counts fit into a line of 80 columns.
  const options = { format, barsize: 16, stream: terminal.stderr, hideCursor: true, gracefulExit: false };
  const bar = new SingleBar(options, Presets.shades_classic);
  bar.start(1, 0, { done: 0, of: 0, text: '' });
  return {
    show: (done, total, text) => {
      bar.setTotal(Math.max(total, 1));
      bar.update(done, { done, of: total, text });
    },
    note: (text) => bar.update({ text }),
    end: () => bar.stop(),
  };
};

import type { Terminal } from '../session.ts';

/** How many of `total` are done, and how: the rest is pending. */
export type Parts = {
  readonly done: number;
  /** @default 0 */
  readonly failed?: number;
  /** @default 0 */
  readonly skipped?: number;
  readonly total: number;
};

/** Shows how far something is. */
export type Progress = {
  readonly show: (parts: Parts, text: string) => void;
  /** Shows a text in place of the one beside the bar. */
  readonly note: (text: string) => void;
  /** Prints a line that stays. */
  readonly say: (text: string) => void;
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
    show: (_parts, text) => note(text),
    note,
    say: (text) => void stderr.write(`${text}\n`),
    end: () => {},
  };
};

/** Narrow, so that the counts fit into a line of 80 columns. */
const barSize = 16;

/** A bar of three parts: done `█`, failed `x`, skipped `-`. Each that is not empty is seen, so only a full success fills the bar. */
export const formatBar = ({ done, failed = 0, skipped = 0, total }: Parts): string => {
  const counts = [done, failed, skipped, Math.max(0, total - done - failed - skipped)];
  const cells = counts.map((count) => (count === 0 ? 0 : Math.max(1, Math.floor((count / total) * barSize))));
  // What rounding leaves is the largest part's.
  const largest = counts.indexOf(Math.max(...counts));
  const rest = barSize - cells.reduce((sum, count) => sum + count, 0);
  const [full = 0, x = 0, dash = 0] = cells.map((count, index) => count + (index === largest ? rest : 0));
  return total === 0
    ? '\u2591'.repeat(barSize)
    : ('\u2588'.repeat(full) + 'x'.repeat(x) + '-'.repeat(dash)).padEnd(barSize, '\u2591');
};

/** A bar on a terminal, lines elsewhere. */
export const createBar = async (terminal: Terminal): Promise<Progress> => {
  if (!terminal.stdout.isTTY || !terminal.stderr.isTTY) return progressLines(terminal);
  // CommonJS: bundled, it has a default export only.
  const { SingleBar, Presets } = (await import('cli-progress')).default;
  const options = {
    format: '{parts} {of}  {text}',
    stream: terminal.stderr,
    hideCursor: true,
    gracefulExit: false,
    // A line that was printed has taken the place of the bar.
    forceRedraw: true,
  };
  const bar = new SingleBar(options, Presets.shades_classic);
  bar.start(1, 0, { parts: formatBar({ done: 0, total: 0 }), of: '', text: '' });
  return {
    show: (parts, text) => {
      const { done, failed = 0, skipped = 0, total } = parts;
      bar.update(0, { parts: formatBar(parts), of: `${done + failed + skipped}/${total}`, text });
    },
    note: (text) => bar.update({ text }),
    say: (text) => void terminal.stderr.write(`\r\u001b[K${text}\n`),
    end: () => bar.stop(),
  };
};

import type { Watch } from '../../client/answers.ts';
import { formatFields } from './fields.ts';
import { formatTable } from './table.ts';

export const describeWatch = ({ progress: { total, linkedAgain, released, unread } }: Watch): string =>
  `${linkedAgain} of ${total} linked again, ${released} released, ${unread} not read by the newest poll`;

/** A watch and its instances. */
export const formatWatch = async (watch: Watch): Promise<string> => {
  const head = formatFields([
    ['watch', watch.id],
    ['status', watch.status],
    ['run', watch.run],
    ['reason', watch.reason],
    ['requested by', watch.requestedBy],
    ['started', watch.startedAt],
    ['ended', watch.endedAt],
    ['until', watch.until],
    ['next poll', watch.nextActionAt],
    ['progress', describeWatch(watch)],
    ['note', watch.note],
  ]);
  const rows = watch.outcomes.map(({ idInstance, kind, at, reason }) => [idInstance, kind, at, reason]);
  return `${head}\n\n${await formatTable(['INSTANCE', 'OUTCOME', 'AT', ''], rows)}`;
};

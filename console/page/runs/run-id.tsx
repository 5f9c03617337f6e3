import { shortRunId } from '../../../client/run-words.ts';

/** Of an id only the end is seen. All of it is there for who copies it, and for screen readers. */
export const RunId = ({ id }: { readonly id: string }) => {
  const end = shortRunId(id);
  return (
    <span class="run-id">
      <span class="id-start">{id.slice(0, id.length - end.length)}</span>
      {end}
    </span>
  );
};

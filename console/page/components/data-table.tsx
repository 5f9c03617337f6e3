import { type ComponentChildren, h } from 'preact';
import { useId, useState } from 'preact/hooks';
import { Button } from './button.tsx';

export type Column<Row> = {
  readonly name: string;
  readonly cell: (row: Row) => ComponentChildren;
};

type DataTableProps<Row> = {
  readonly caption: string;
  /** The first column names the row. */
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  /** Shown in place of rows. */
  readonly empty: string;
};

/** More rows than this are shown in pages, so that thousands stay fast. */
const rowsPerPage = 50;

/** A long text in a cell. It is broken after a space or an `@`, and inside a word only if there is no room at all. */
export const LongText = ({ text }: { readonly text: string }) => (
  <span class="long">{text.split(/(?<=@)/).flatMap((part) => [part, <wbr />])}</span>
);

/**
 * A table with pages. On a narrow screen each row becomes a card. Styles change the display of its elements, and some browsers
 * then drop their roles: the explicit ones keep it a table for screen readers.
 */
export const DataTable = <Row,>({ caption, columns, rows, keyOf, empty }: DataTableProps<Row>) => {
  const [page, setPage] = useState(0);
  const captionId = useId();
  const last = Math.max(0, Math.ceil(rows.length / rowsPerPage) - 1);
  const current = Math.min(page, last);
  const first = current * rowsPerPage;
  const shown = rows.slice(first, first + rowsPerPage);
  const cells = (row: Row) =>
    columns.map(({ name, cell }, index) => {
      const attributes = { key: name, 'data-label': name };
      if (index > 0) return h('td', { ...attributes, role: 'cell' }, cell(row));
      return h('th', { ...attributes, role: 'rowheader', scope: 'row' }, cell(row));
    });
  return (
    <>
      {/* biome-ignore-start lint/a11y: see above */}
      <table role="table" aria-labelledby={captionId}>
        <caption id={captionId}>{caption}</caption>
        <thead role="rowgroup">
          <tr role="row">
            {columns.map(({ name }) => (
              <th key={name} role="columnheader" scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {shown.map((row) => (
            <tr role="row" key={keyOf(row)}>
              {cells(row)}
            </tr>
          ))}
        </tbody>
      </table>
      {/* biome-ignore-end lint/a11y: see above */}
      {rows.length === 0 && <p>{empty}</p>}
      {last > 0 && (
        <nav class="pager" aria-label={`Pages of ${caption}`}>
          <Button isOff={current === 0} onClick={() => setPage(current - 1)}>
            Previous page
          </Button>
          <span>
            {first + 1} to {first + shown.length} of {rows.length}
          </span>
          <Button isOff={current === last} onClick={() => setPage(current + 1)}>
            Next page
          </Button>
        </nav>
      )}
    </>
  );
};

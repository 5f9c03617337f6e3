import type { ComponentChildren } from 'preact';
import { useId, useState } from 'preact/hooks';
import { Pager } from './pager.tsx';

export type Column<Row> = {
  readonly name: string;
  readonly cell: (row: Row) => ComponentChildren;
};

type DataTableProps<Row> = {
  /** Accessible name of the table. */
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

/** A table with pages. On a narrow screen each row becomes a card; the explicit roles keep it a table for screen readers. */
export const DataTable = <Row,>({ caption, columns, rows, keyOf, empty }: DataTableProps<Row>) => {
  const [page, setPage] = useState(0);
  const captionId = useId();
  const last = Math.max(0, Math.ceil(rows.length / rowsPerPage) - 1);
  const first = Math.min(page, last) * rowsPerPage;
  return (
    <>
      {/* biome-ignore-start lint/a11y: styles change the display of these elements, and some browsers then drop their roles */}
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
          {rows.slice(first, first + rowsPerPage).map((row) => (
            <TableRow key={keyOf(row)} columns={columns} row={row} />
          ))}
        </tbody>
      </table>
      {/* biome-ignore-end lint/a11y: styles change the display of these elements, and some browsers then drop their roles */}
      {rows.length === 0 && <p>{empty}</p>}
      <Pager label={caption} first={first} size={rowsPerPage} total={rows.length} onPage={setPage} />
    </>
  );
};

const TableRow = <Row,>({ columns, row }: { readonly columns: readonly Column<Row>[]; readonly row: Row }) => (
  // biome-ignore-start lint/a11y: see above
  <tr role="row">
    {columns.map(({ name, cell }, index) =>
      index === 0 ? (
        <th key={name} role="rowheader" scope="row" data-label={name}>
          {cell(row)}
        </th>
      ) : (
        <td key={name} role="cell" data-label={name}>
          {cell(row)}
        </td>
      ),
    )}
  </tr>
  // biome-ignore-end lint/a11y: see above
);

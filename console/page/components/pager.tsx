type PagerProps = {
  readonly label: string;
  /** Index of the first item shown. */
  readonly first: number;
  readonly size: number;
  readonly total: number;
  readonly onPage: (page: number) => void;
};

/** Buttons for the previous and the next page; nothing when one page holds all. */
export const Pager = ({ label, first, size, total, onPage }: PagerProps) => {
  if (total <= size) return null;
  const page = first / size;
  const isLast = first + size >= total;
  return (
    <nav class="pager" aria-label={`Pages of ${label}`}>
      <button type="button" aria-disabled={page === 0} onClick={() => page > 0 && onPage(page - 1)}>
        Previous page
      </button>
      <span>
        {first + 1} to {Math.min(first + size, total)} of {total}
      </span>
      <button type="button" aria-disabled={isLast} onClick={() => !isLast && onPage(page + 1)}>
        Next page
      </button>
    </nav>
  );
};
